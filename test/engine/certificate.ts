/** A certificate of a server with this address, and that of the authority that signed it; valid for a day. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureOpenssl } from '../../scripts/tools/openssl.mjs';

export interface Certificate {
  /** Paths of PEM files. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export function createCertificate(folder: string, address: string): Certificate {
  const file = (name: string): string => join(folder, name);
  const [authority, authorityKey] = [file('authority.pem'), file('authority.key')];
  const [certificate, key, request] = [file('server.pem'), file('server.key'), file('server.csr')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-days',
    '1',
    '-subj',
    '/CN=authority',
    '-keyout',
    authorityKey,
    '-out',
    authority,
  );
  openssl('req', ...curve, '-subj', '/CN=server', '-keyout', key, '-out', request);
  writeFileSync(file('names'), `subjectAltName=IP:${address}`);
  openssl(
    ...['x509', '-req', '-in', request, '-CA', authority, '-CAkey', authorityKey, '-CAcreateserial'],
    ...['-days', '1', '-extfile', file('names'), '-out', certificate],
  );
  return { authority, certificate, key };
}

function openssl(...args: readonly string[]): void {
  execFileSync(ensureOpenssl(), args, { stdio: 'pipe' });
}
