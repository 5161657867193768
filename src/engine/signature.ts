/** Announcements are signed, so that a host takes code only from those whom it trusts, whoever else can write to the queue. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Announcement, SignedAnnouncement } from './engine.ts';

/** Key of this user, made at the first use. `folder`: default `manycore` in the user's folder of settings. */
export function ownKey(folder = settingsFolder()): KeyObject {
  const file = join(folder, 'engine-key.pem');
  try {
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
    return privateKey;
  } catch (error) {
    // Another process was faster: its key is the user's.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return createPrivateKey(readFileSync(file));
  }
}

/** What `manycore worker --trust` takes: the public key as base64. */
export const publicText = (key: KeyObject): string =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');

export function signed(announcement: Announcement, key: KeyObject): SignedAnnouncement {
  const signature = sign(null, Buffer.from(JSON.stringify(announcement)), key).toString('base64');
  return { announcement, publicKey: publicText(key), signature };
}

/** Null when it is what its key says it is and one of `trusted` made it; else why not. `trusted` empty: anybody. */
export function whyNotTrusted(run: SignedAnnouncement, trusted: readonly string[]): string | null {
  const { announcement, publicKey, signature } = run;
  if (trusted.length > 0 && !trusted.includes(publicKey))
    return `its key ${publicKey} is not one that --trust names`;
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    const text = Buffer.from(JSON.stringify(announcement));
    return verify(null, text, key, Buffer.from(signature, 'base64'))
      ? null
      : 'its signature is not that of its key';
  } catch {
    return 'its key or its signature cannot be read';
  }
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const settingsFolder = (): string =>
  join(process.env['XDG_CONFIG_HOME'] ?? process.env['APPDATA'] ?? join(homedir(), '.config'), 'manycore');
