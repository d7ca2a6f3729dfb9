// SPDX-License-Identifier: Apache-2.0
import "reflect-metadata";
import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { openTestDatabase } from "../postgres.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
const LIFE_DAYS = 3_650;

/** A certificate and its private key, PEM, as the server keeps them in its database. */
export interface StoredAuthority {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Where the secrets of a cluster's servers are. */
interface Place {
  readonly url: string;
  readonly secretKey: Uint8Array;
}

/**
 * Writes an authority of the admission listener that was made so many days ago, and gives it. With `key`, that of the one
 * there, everything that it signed stays good: what changes is its age alone, as if the days had passed.
 */
export async function writeAuthority(
  place: Place,
  { number, ageDays, keyPem }: { readonly number: number; readonly ageDays: number; readonly keyPem?: string },
): Promise<StoredAuthority> {
  const suffix = number === 1 ? "" : ` ${number}`;
  const made = await makeAuthority(`Haechi admission CA${suffix}`, ageDays, keyPem);
  await using database = await openTestDatabase(place);
  await database.secrets.set(nameOf(number), Buffer.from(JSON.stringify(made)));
  return made;
}

/** The authority of that number, or `undefined` while nobody needed it. */
export async function readAuthority(place: Place, number: number): Promise<StoredAuthority | undefined> {
  await using database = await openTestDatabase(place);
  const stored = await database.secrets.get(nameOf(number));
  return stored === undefined ? undefined : (JSON.parse(Buffer.from(stored).toString()) as StoredAuthority);
}

function nameOf(number: number): string {
  return `tls/admission/authority${number === 1 ? "" : `-${number}`}`;
}

async function makeAuthority(name: string, ageDays: number, keyPem: string | undefined): Promise<StoredAuthority> {
  const keys = keyPem === undefined ? await newKeys() : await importKeys(keyPem);
  const notBefore = new Date(Date.now() - ageDays * DAY_MS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore,
    notAfter: new Date(notBefore.getTime() + LIFE_DAYS * DAY_MS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const bytes = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const pem = createPrivateKey({ key: bytes, format: "der", type: "pkcs8" }).export({ format: "pem", type: "pkcs8" });
  return { certPem: certificate.toString("pem"), keyPem: pem.toString() };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function importKeys(keyPem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(keyPem);
  const [privateBytes, publicBytes] = [
    key.export({ format: "der", type: "pkcs8" }),
    createPublicKey(keyPem).export({ format: "der", type: "spki" }),
  ];
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", privateBytes, ALGORITHM, true, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", publicBytes, ALGORITHM, true, ["verify"]),
  };
}
