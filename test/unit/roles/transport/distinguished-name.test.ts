/** Names of certificates, held against what Java's X500Principal.getName() gives for them. */
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { StoreError } from '../../../../native-free-io/index.ts';
import { subjectName } from '../../../../src/roles/transport/distinguished-name.ts';
import { clientCertificate, strangerCertificate } from '../../../helpers/certificates.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

const raw = (pem: string): Uint8Array => new X509Certificate(pem).raw;

test('the last part comes first, repeated and joined attributes stay, characters are escaped', () => {
  expect(subjectName(raw(clientCertificate))).toBe('CN=ada,OU=tests,O=varve');
  expect(subjectName(raw(strangerCertificate))).toBe(
    String.raw`CN=\#eve \"x\",OU=other,OU=a+CN=b\, c,O=varve`,
  );
});

test('a bent certificate is an error that says so, never another', () => {
  const random = new Seeded(seedFor('bent certificates'));
  const good = raw(strangerCertificate);
  for (let round = 0; round < 500; round++) {
    const bent = Uint8Array.from(good);
    if (random.chance(0.5)) bent[random.between(0, 180)]! ^= 1 << random.between(0, 7);
    const cut = random.chance(0.5) ? bent.subarray(0, random.between(0, bent.length)) : bent;
    try {
      expect(typeof subjectName(cut)).toBe('string');
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
    }
  }
});
