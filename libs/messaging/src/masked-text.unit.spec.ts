import { maskedText } from './masked-text';

const KEY_OF_43 = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ';

describe('a masked text', () => {
  it.each([
    ['TypeError: cannot read properties of undefined (reading \'corp\')', 'TypeError: cannot read properties of undefined (reading \'corp\')'],
    ['E11000 duplicate key { corp: "wpABC", name: "张三" }', 'E11000 duplicate key { corp: "…", name: "…" }'],
    ['Unexpected token \'h\', "hello my secr', 'Unexpected token \'h\', "…"'],
    ['bad token 7f3a9c1e5b2d4f6a8c0e1b3d', 'bad token [masked]'],
    [`bad key ${KEY_OF_43}`, 'bad key [masked]'],
    ['KafkaJSNumberOfRetriesExceeded: closed', 'KafkaJSNumberOfRetriesExceeded: closed'],
    ['app 01890a5d-ac96-774b-bcce-b302099a8057 is gone', 'app 01890a5d-ac96-774b-bcce-b302099a8057 is gone'],
    ['EventFault: state: status: invalid_type', 'EventFault: state: status: invalid_type'],
  ])('of %s is %s', (message, masked) => {
    expect(maskedText(message)).toBe(masked);
  });
});
