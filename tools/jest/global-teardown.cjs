module.exports = async () => {
  await globalThis.daikaifaTestServers?.stop();
};
