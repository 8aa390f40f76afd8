import { SERVICES } from '@daikaifa/stack';
import { parseRequest } from './request';

const faultsOf = (line: string): readonly string[] =>
  (parseRequest(line.split(' ')).violations ?? []).map(({ field, code }) => `${field} ${code}`);

describe('the arguments of the command', () => {
  it('are read with their defaults', () => {
    expect(parseRequest(['list', '--service', 'template'])).toMatchObject({
      json: false,
      request: { command: 'list', services: ['template'], ids: [], topic: null, status: null, first: 50, after: null },
    });
    expect(parseRequest(['count', '--json'])).toMatchObject({ json: true, request: { services: SERVICES } });
    expect(
      parseRequest(['redrive', '--service=review', '0123abcd-ef01', '0123abcd-ef01', '--by', '李工', '--wait', '0']).request,
    ).toMatchObject({ ids: ['0123abcd-ef01'], by: '李工', waitSec: 0 });
    expect(
      parseRequest(['discard', '--service', 'review', '--all', '--by', '李工', '--reason', ' 测试数据无需处理 ']).request,
    ).toMatchObject({ command: 'discard', reason: '测试数据无需处理' });
  });

  it('name who asks by the user of the machine unless said otherwise', () => {
    const { request } = parseRequest(['redrive', '--service', 'review', '--all']);
    expect(request?.by.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['list', ['--service REQUIRED']],
    ['list --service', ['--service VALUE_MISSING']],
    ['list --service gateway --status DEAD --first 0 --after x --nonsense', ['--nonsense OPTION_UNKNOWN', '--service CHOICE', '--status CHOICE', '--first NUMBER_RANGE', '--after CURSOR']],
    ['list --service review --first 201', ['--first NUMBER_RANGE']],
    ['list --service review 0123abcd-ef01', ['0123abcd-ef01 ARGUMENT_UNKNOWN']],
    ['list --service review --reason because', ['--reason OPTION_UNKNOWN']],
    ['show --service review', ['letters REQUIRED']],
    ['show --service review 1', ['1 LETTER_ID']],
    ['redrive --service review --by me', ['letters CHOICE']],
    ['redrive --service review --by me --all 0123abcd-ef01', ['letters CHOICE']],
    ['redrive --service review --by m --all --topic t --wait 3601', ['letters CHOICE', '--by LENGTH', '--wait NUMBER_RANGE']],
    ['discard --all --by me', ['--service REQUIRED', '--reason LENGTH']],
    [`discard --service review --all --by me --reason ${'x'.repeat(501)}`, ['--reason LENGTH']],
    ['journal --service review --after 0123abcd-ef01', ['--after CURSOR']],
    ['bury --service review', ['command CHOICE']],
  ])('of "%s" are refused with every fault', (line, faults) => {
    expect(faultsOf(line)).toEqual(faults);
  });

  it('are not repeated at length when they are refused', () => {
    const { violations } = parseRequest(['list', '--service', 'x'.repeat(1_000)]);
    expect(violations?.[0]?.given).toHaveLength(80);
  });
});
