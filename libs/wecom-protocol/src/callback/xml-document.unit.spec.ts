import fc from 'fast-check';
import { readFlatDocument } from './flat-document';
import { cdata, parseXmlDocument, readXmlDocument } from './xml-document';

const read = (source: string) => {
  const result = readXmlDocument(source);
  return result.ok ? result.value : result.error;
};

describe('documents', () => {
  it.each([
    ['plain and CDATA values in any order', '<xml><B>2</B><A><![CDATA[1]]></A></xml>', { A: '1', B: '2' }],
    ['white space around a CDATA section', '<xml>\n <A> <![CDATA[x]]>\t</A>\n</xml>\n', { A: 'x' }],
    ['empty values', '<xml><A></A><B><![CDATA[]]></B><C/></xml>', { A: '', B: '', C: '' }],
    ['markup inside CDATA', '<xml><A><![CDATA[<!DOCTYPE a>&amp;<b>]]></A></xml>', { A: '<!DOCTYPE a>&amp;<b>' }],
    ['a declaration and a comment', '<?xml version="1.0"?><!-- <!DOCTYPE --><xml><A>1</A></xml>', { A: '1' }],
    ['a byte order mark', '\uFEFF<xml><A>1</A></xml>', { A: '1' }],
    ['attributes', '<xml v="1"><A t="x">1</A></xml>', { A: '1' }],
    ["XML's own entities", '<xml><A>&lt;a&gt; &amp;amp; &#20225;&#x4e1a;</A></xml>', { A: '<a> &amp; 企业' }],
    ['text and CDATA mixed', '<xml><A>a&amp;<![CDATA[&amp;]]>b</A></xml>', { A: 'a&&amp;b' }],
    ['two CDATA sections', '<xml><A><![CDATA[a]]]]><![CDATA[>b]]></A></xml>', { A: 'a]]>b' }],
    ['line ends of another system', '<xml>\r\n<A><![CDATA[1\r\n2]]></A>\r\n</xml>', { A: '1\n2' }],
    ['digits beyond 53 bits', '<xml><MsgId>4561255354251345929</MsgId></xml>', { MsgId: '4561255354251345929' }],
    ['leading zeros and exponents', '<xml><A>007</A><B>1e3</B><C>true</C></xml>', { A: '007', B: '1e3', C: 'true' }],
    ['nested elements', '<xml><A>\n<B>1</B><C><D>2</D></C></A></xml>', { A: { B: '1', C: { D: '2' } } }],
    ['repeated elements', '<xml><A>1</A><A>2</A><A><B>3</B></A></xml>', { A: ['1', '2', { B: '3' }] }],
    ['no elements', '<xml></xml>', {}],
    ['an ideographic space at the edge', '<xml><A>\u3000x\u3000</A></xml>', { A: '\u3000x\u3000' }],
  ])('reads %s', (_name, source, expected) => {
    expect(read(source)).toEqual(expected);
  });

  it.each([
    ['nothing', '', 'SYNTAX'],
    ['a text', 'hello', 'SYNTAX'],
    ['a truncated document', '<xml><A><![CDATA[1]]></A>', 'SYNTAX'],
    ['a truncated CDATA section', '<xml><A><![CDATA[1', 'SYNTAX'],
    ['crossed tags', '<xml><A>1</B></xml>', 'SYNTAX'],
    ['two roots', '<xml></xml><xml></xml>', 'SYNTAX'],
    ['another root', '<html><A>1</A></html>', 'ROOT'],
    ['a document type', '<!DOCTYPE xml><xml><A>1</A></xml>', 'DTD'],
    ['an external entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><A>&e;</A></xml>', 'DTD'],
    ['a document type inside the root', '<xml><!DOCTYPE x [<!ENTITY e "v">]><A>&e;</A></xml>', 'DTD'],
    ['an undeclared entity', '<xml><A>&secret;</A></xml>', 'ENTITY'],
    ['a reference to no character', '<xml><A>&#xD800;</A></xml>', 'ENTITY'],
    ['nesting without end', `<xml>${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}</xml>`, 'SYNTAX'],
  ])('refuses %s', (_name, source, expected) => {
    expect(read(source)).toBe(expected);
  });

  it('refuses an entity bomb without expanding it', () => {
    const bomb =
      '<!DOCTYPE lolz [<!ENTITY a "lol">' +
      Array.from({ length: 9 }, (_, level) => `<!ENTITY a${level} "${`&a${level - 1};`.repeat(10)}">`).join('') +
      ']><xml><A>&a8;</A></xml>';
    expect(read(bomb)).toBe('DTD');
  });

  it('does not let a name reach the prototype', () => {
    const fields = read('<xml><__proto__><polluted>1</polluted></__proto__><constructor>x</constructor></xml>');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((fields as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('the fast path and the real parser', () => {
  const space = fc.constantFrom('', '', ' ', '\n', '\t\n  ');
  const name = fc.oneof(
    fc.constantFrom('ToUserName', 'AgentID', 'Encrypt', 'InfoType', 'A', '_x1', 'constructor', '__proto__', 'a-b', '企'),
    fc.string({ unit: fc.constantFrom(...'abAB_1'), minLength: 1, maxLength: 4 }),
  );
  const content = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...'<>&] \r\nx企\u3000;/'), maxLength: 12 }),
  );
  const value = fc.oneof(
    content.map((inner) => cdata(inner)),
    content.map((inner) => `<![CDATA[${inner}]]>`),
    fc.string({ unit: fc.constantFrom(...'ab12 \n.-'), maxLength: 12 }),
    content,
    fc.constantFrom('<B>1</B>', '<!-- c -->', '&amp;', '&x;'),
  );
  const element = fc
    .tuple(name, space, value, space)
    .map(([tag, before, inner, after]) => `<${tag}>${before}${inner}${after}</${tag}>`);
  const document = fc
    .tuple(space, fc.array(fc.tuple(element, space), { maxLength: 6 }), space)
    .map(([before, elements, after]) => `${before}<xml>${elements.flat().join('')}</xml>${after}`);

  it('give the same fields wherever the fast path answers', () => {
    let answered = 0;
    fc.assert(
      fc.property(document, (source) => {
        const flat = readFlatDocument(source);
        answered += flat === null ? 0 : 1;
        expect(flat === null || { ok: true, value: flat }).toEqual(flat === null || parseXmlDocument(source));
      }),
      { numRuns: 3_000 },
    );
    expect(answered).toBeGreaterThan(300);
  });

  it('give the same fields for documents with one character changed, added or cut', () => {
    const original =
      '<xml> <SuiteId><![CDATA[dk1]]></SuiteId>\n<InfoType> <![CDATA[suite_ticket]]></InfoType>' +
      '<TimeStamp>14</TimeStamp></xml>';
    fc.assert(
      fc.property(
        fc.nat(original.length),
        fc.nat(3),
        fc.constantFrom('', '<', '>', '&', ']', '[', '!', '/', ' ', '\n', 'x', '-', '\uFEFF', '"'),
        (at, cut, insert) => {
          const source = original.slice(0, at) + insert + original.slice(at + cut);
          const flat = readFlatDocument(source);
          expect(flat === null || { ok: true, value: flat }).toEqual(flat === null || parseXmlDocument(source));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['an envelope', '<xml><ToUserName><![CDATA[a]]></ToUserName><AgentID></AgentID><Encrypt>b</Encrypt></xml>'],
    ['a suite event', '<xml>\n<SuiteId><![CDATA[dk1]]></SuiteId>\n<InfoType> <![CDATA[x]]></InfoType>\n</xml>'],
  ])('the fast path answers for %s', (_name, source) => {
    expect(readFlatDocument(source)).not.toBeNull();
  });
});
