const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The spec of the large tree comes last, when the other projects are through: it keeps the database busy for seconds at a
 * time, and what shares the machine with it waits.
 */
const isHeavy = ({ path }) => path.endsWith('/tree.int.spec.ts');

module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter((test) => !isHeavy(test)), ...sorted.filter(isHeavy)];
  }
};
