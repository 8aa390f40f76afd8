// node tools/docker/make-env.mjs > .env: random secrets of one's own for docker-compose.yml.
import { randomBytes } from 'node:crypto';

const secret = () => randomBytes(32).toString('base64url');
const keyRing = () => `k1:${randomBytes(32).toString('base64')}`;

const values = {
  GATEWAY_IDENTITY_SECRET: secret(),
  AUTH_DEVELOPMENT_SECRET: secret(),
  CALLBACK_KEY_RING: keyRing(),
  AUTHORIZATION_KEY_RING: keyRing(),
  TRANSPORT_KEY_RING: keyRing(),
};

for (const [name, value] of Object.entries(values)) console.log(`${name}=${value}`);
