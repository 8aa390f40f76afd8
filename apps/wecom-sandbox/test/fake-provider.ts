import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decrypt, encrypt, getSignature } from '@wecom/crypto';

export const KEYS = { token: 'QDG6eK', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' } as const;

/** Of an app that does not share its template's callback. */
export const APP_KEYS = { token: 'ownToken7', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' } as const;
const APP_PATH = '/callback/app';

/** One event as the provider's backend sees it after decryption. */
export interface Received {
  /** InfoType, or what an app gets: its Event or MsgType. */
  readonly infoType: string;
  /** Path of the callback that it came to. */
  readonly path: string;
  readonly message: string;
  readonly receiveId: string;
  readonly body: string;
  readonly encrypted: string;
  readonly nonce: string;
  readonly query: URLSearchParams;
  value(name: string): string | undefined;
}

type Answer = (event: Received, response: ServerResponse) => void;

/** A provider's callback server: decrypts with the published library and answers as told. */
export interface FakeProvider {
  readonly url: string;
  /** The callback of an app, with APP_KEYS. */
  readonly appUrl: string;
  readonly received: Received[];
  /** Plaintext of every GET verification with the receiveid it came with. */
  readonly verified: { message: string; receiveId: string; query: URLSearchParams; path: string }[];
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

const keysOf = (path: string): { token: string; encodingAesKey: string } => (path === APP_PATH ? APP_KEYS : KEYS);

/** A passive reply to what came, with the keys of where it came to; `change` spoils it. */
export const replyTo = (
  event: Received,
  content: string,
  change: { readonly token?: string; readonly receiveId?: string } = {},
): string => {
  const keys = keysOf(event.path);
  const message =
    `<xml><ToUserName><![CDATA[${event.value('FromUserName')!}]]></ToUserName>` +
    `<FromUserName><![CDATA[${event.value('ToUserName')!}]]></FromUserName><CreateTime>1409659813</CreateTime>` +
    `<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content></xml>`;
  const encrypted = encrypt(keys.encodingAesKey, message, change.receiveId ?? event.receiveId);
  const signature = getSignature(change.token ?? keys.token, '1409659813', '1372623149', encrypted);
  return (
    `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt><MsgSignature><![CDATA[${signature}]]></MsgSignature>` +
    '<TimeStamp>1409659813</TimeStamp><Nonce><![CDATA[1372623149]]></Nonce></xml>'
  );
};

const open = (path: string, query: URLSearchParams, encrypted: string): { message: string; id: string } => {
  const { token, encodingAesKey } = keysOf(path);
  const [timestamp, nonce] = [query.get('timestamp')!, query.get('nonce')!];
  if (getSignature(token, timestamp, nonce, encrypted) !== query.get('msg_signature')) {
    throw new Error('the signature does not fit');
  }
  return decrypt(encodingAesKey, encrypted);
};

const readAll = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** `success` where events of a template come, an empty body where messages come. */
const asWanted: Answer = (event, response) => {
  response.end(event.value('InfoType') === undefined ? '' : 'success');
};

export const startFakeProvider = async (): Promise<FakeProvider> => {
  const received: Received[] = [];
  const verified: FakeProvider['verified'] = [];
  let answerPush = asWanted;
  let answerGet: (plaintext: string, response: ServerResponse) => void = (plaintext, response) => {
    response.end(plaintext);
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { searchParams: query, pathname: path } = new URL(request.url!, 'http://provider.test');
    if (request.method === 'GET') {
      const { message, id } = open(path, query, query.get('echostr')!);
      verified.push({ message, receiveId: id, query, path });
      answerGet(message, response);
      return;
    }
    const body = await readAll(request);
    const encrypted = element(body, 'Encrypt')!;
    const { message, id } = open(path, query, encrypted);
    const event: Received = {
      infoType: (element(message, 'InfoType') ?? element(message, 'Event') ?? element(message, 'MsgType'))!,
      path,
      message,
      receiveId: id,
      body,
      encrypted,
      nonce: query.get('nonce')!,
      query,
      value: (name) => element(message, name),
    };
    received.push(event);
    answerPush(event, response);
  };

  const server = createServer((request, response) => {
    onRequest(request, response).catch((error: unknown) => {
      response.statusCode = 400;
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: `${origin}/callback/suite`,
    appUrl: `${origin}${APP_PATH}`,
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
