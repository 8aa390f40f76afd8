module.exports = {
  ...require('../../tools/jest/preset.cjs')(__dirname),
  testSequencer: `${__dirname}/test/sequencer.cjs`,
};
