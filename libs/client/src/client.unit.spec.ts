import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, OperationRefused } from './client';
import { TemplateVersionDocument } from './generated/graphql';
import persistedDocuments from './generated/persisted-documents.json';

interface Asked {
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

describe('the client', () => {
  let server: Server;
  let url: string;
  let asked: Asked[];
  let answer: object;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked['body'];
        asked.push({ authorization: request.headers.authorization, body });
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    asked = [];
    answer = { data: { delegatedTemplate: null } };
  });

  it('sends the id of an operation that the manifest has, never its document', async () => {
    const client = createClient({ url, token: 'jwt' });

    expect(await client.ask(TemplateVersionDocument, { id: 't1' })).toEqual({ delegatedTemplate: null });

    const [{ body, authorization }] = asked as [Asked];
    expect(authorization).toBe('Bearer jwt');
    expect(body).toEqual({ documentId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), variables: { id: 't1' } });
    expect(persistedDocuments).toHaveProperty([String(body['documentId'])], expect.stringContaining('query TemplateVersion'));
  });

  it('sends a document of one’s own in full, and asks for a token each time', async () => {
    let tokens = 0;
    const client = createClient({ url, token: async () => `jwt-${(tokens += 1)}` });

    await client.ask('{ own }');
    await client.ask('{ own }');

    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer jwt-1', 'Bearer jwt-2']);
    expect(asked[0]?.body).toEqual({ query: '{ own }', variables: {} });
  });

  it('throws every error of the answer, with code and violations', async () => {
    const violation = { field: 'name', code: 'NAME_LENGTH', severity: 'ERROR', text: { zh: '名', en: 'n' } };
    answer = { errors: [{ message: 'no', extensions: { code: 'BAD_USER_INPUT', violations: [violation] } }, { message: 'x' }] };

    const error = await createClient({ url, token: 'jwt' }).ask('{ own }').catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(OperationRefused);
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', violations: [violation], message: 'BAD_USER_INPUT: no; ERROR: x' });
  });
});
