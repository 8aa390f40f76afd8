// SDL files are imported as text, as the esbuild loader does in the built applications.
module.exports = {
  process: (source) => ({ code: `module.exports = ${JSON.stringify(source)};` }),
};
