import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decrypt, getSignature } from '@wecom/crypto';

export const KEYS = { token: 'QDG6eK', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' } as const;

/** One event as the provider's backend sees it after decryption. */
export interface Received {
  readonly infoType: string;
  readonly message: string;
  readonly receiveId: string;
  readonly body: string;
  readonly encrypted: string;
  readonly nonce: string;
  readonly query: URLSearchParams;
  value(name: string): string | undefined;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A provider's callback server: decrypts with the published library and answers as told. */
export interface FakeProvider {
  readonly url: string;
  readonly received: Received[];
  /** Plaintext of every GET verification with the receiveid it came with. */
  readonly verified: { message: string; receiveId: string; query: URLSearchParams }[];
  of(infoType: string): Received[];
  /** Replaces the answer to pushes. */
  answerPushes(answer: Answer): void;
  answerVerification(answer: (plaintext: string, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

const element = (xml: string, name: string): string | undefined => {
  const found = new RegExp(`<${name}>\\s*(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))\\s*</${name}>`).exec(xml);
  return found?.[1] ?? found?.[2];
};

const open = (query: URLSearchParams, encrypted: string): { message: string; id: string } => {
  const [timestamp, nonce] = [query.get('timestamp')!, query.get('nonce')!];
  if (getSignature(KEYS.token, timestamp, nonce, encrypted) !== query.get('msg_signature')) {
    throw new Error('the signature does not fit');
  }
  return decrypt(KEYS.encodingAesKey, encrypted);
};

const readAll = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const success: Answer = (_request, response) => {
  response.end('success');
};

export const startFakeProvider = async (): Promise<FakeProvider> => {
  const received: Received[] = [];
  const verified: FakeProvider['verified'] = [];
  let answerPush = success;
  let answerGet: (plaintext: string, response: ServerResponse) => void = (plaintext, response) => {
    response.end(plaintext);
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const query = new URL(request.url!, 'http://provider.test').searchParams;
    if (request.method === 'GET') {
      const { message, id } = open(query, query.get('echostr')!);
      verified.push({ message, receiveId: id, query });
      answerGet(message, response);
      return;
    }
    const body = await readAll(request);
    const encrypted = element(body, 'Encrypt')!;
    const { message, id } = open(query, encrypted);
    received.push({
      infoType: element(message, 'InfoType')!,
      message,
      receiveId: id,
      body,
      encrypted,
      nonce: query.get('nonce')!,
      query,
      value: (name) => element(message, name),
    });
    answerPush(request, response);
  };

  const server = createServer((request, response) => {
    onRequest(request, response).catch((error: unknown) => {
      response.statusCode = 400;
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback/suite`,
    received,
    verified,
    of: (infoType) => received.filter((event) => event.infoType === infoType),
    answerPushes: (answer) => {
      answerPush = answer;
    },
    answerVerification: (answer) => {
      answerGet = answer;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
