// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { type Digest, LIMITS, redactUrl } from "#base";
import type { SuppressionStatement } from "#findings";
import { createTrustHttp, isLoopback } from "#http";
import { openImageRepository, type RegistryOptions } from "#image-source";
import type { ImageReference } from "#oci";
import type { ScannedImage } from "#scanner";
import type { AttestationSigner, SignedImage } from "#signatures";
import { packageUrlBase, packageUrlOf, parseAttestedVex, VEX_PREDICATE_TYPES } from "#suppressions";
import { createFileTrustStateStore, createTrustRoots, readAttestedStatements } from "#trust-sources";
import { fetchVexHub } from "#vex-sources";
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { isHubAddress } from "./hub-address.ts";

/** What was scanned, where statements about it may lie. */
export interface StatementSubject {
  readonly location: string;
  /** What it is called where signatures sign names; absent: as its location says. */
  readonly named: ImageReference | undefined;
  readonly access: RegistryOptions;
  /** What the location names. */
  readonly root: Digest;
  readonly images: readonly Pick<ScannedImage, "image" | "inventory">[];
}

/**
 * Statements that lie elsewhere, once it is known what is in the image: of hubs (`--vex URL`) those about its packages, and the VEX documents
 * attached to the image that a key of `--vex-key` signed. Throws when a hub or the repository cannot be read; says on stderr what is
 * attached and not signed by such a key.
 */
export async function readRemoteStatements(
  subject: StatementSubject,
  invocation: Invocation,
  context: CommandContext,
): Promise<readonly SuppressionStatement[]> {
  const hubs = invocation.list("vex").filter(isHubAddress);
  const keys = invocation.list("vex-key");
  if (hubs.length === 0 && keys.length === 0) {
    return [];
  }
  const { allowPrivateAddresses } = context.configuration().signatures;
  await using http = await createTrustHttp({ ...subject.access, allowPrivateAddresses });
  const statements: SuppressionStatement[] = [];
  for (const hub of hubs) {
    assertHub(hub, invocation.flag("plain-http"));
    const asked = { http, packageUrls: packageUrlsOf(subject), signal: context.signal };
    for (const document of await fetchVexHub(new URL(hub), asked)) {
      statements.push(...document.statements);
    }
  }
  if (keys.length > 0) {
    statements.push(...(await readAttached(subject, keys, http, context)));
  }
  return statements;
}

/** Nobody signs what a hub says: who can change it on its way clears findings. */
function assertHub(hub: string, isPlainHttpAllowed: boolean): void {
  if (!URL.canParse(hub)) {
    throw new UsageError("OPTION_INVALID", `expected the address of a hub, found ${JSON.stringify(hub)}`);
  }
  const url = new URL(hub);
  if (url.protocol !== "https:" && !isLoopback(url) && !isPlainHttpAllowed) {
    throw new UsageError(
      "OPTION_INVALID",
      `expected https:// for the hub ${redactUrl(hub)}; --plain-http accepts what anybody on the way may change`,
    );
  }
}

async function readAttached(
  subject: StatementSubject,
  keys: readonly string[],
  http: Awaited<ReturnType<typeof createTrustHttp>>,
  context: CommandContext,
): Promise<readonly SuppressionStatement[]> {
  const by = await Promise.all(keys.map(readSigner));
  await using repository = await openImageRepository(subject.location, { ...subject.access, signal: context.signal });
  const state = createFileTrustStateStore(`${context.configuration().dataDir}/trust`);
  const trustRoots = createTrustRoots({ http, roots: {}, cacheDir: `${context.environment.cacheDir}/trust-roots` });
  const statements: SuppressionStatement[] = [];
  for (const digest of new Set([subject.root, ...subject.images.map(({ image }) => image.digest)])) {
    const image: SignedImage = {
      reference: subject.named ?? repository.reference,
      digest,
      referrers: repository.repository,
    };
    for (const predicateType of VEX_PREDICATE_TYPES) {
      const requirement = { kind: "attestation", predicateType, by, conditions: [] } as const;
      const options = { http, state, trustRoots, now: context.now(), signal: context.signal };
      const found = await readAttestedStatements(image, requirement, options);
      // what was not looked at could be the document that takes another back
      for (const { location, statement } of found.isComplete ? found.statements : []) {
        statements.push(...parseAttestedVex(statement, { name: location, subject: digest }).statements);
      }
      for (const { location, message } of found.problems) {
        context.stderr(`haechi: ${context.translate("cli.scan.vexUntrusted", { name: location, reason: message })}\n`);
      }
    }
  }
  return statements;
}

async function readSigner(file: string): Promise<AttestationSigner> {
  const pem = await readFile(file, "utf8");
  if (pem.length > LIMITS.maxTrustMaterialBytes || !pem.includes("PUBLIC KEY")) {
    throw new UsageError("OPTION_INVALID", `expected a public key (PEM) in ${file}`);
  }
  return { kind: "cosign-key", keys: [pem] };
}

function packageUrlsOf({ images }: StatementSubject): ReadonlySet<string> {
  const urls = images.flatMap(({ inventory }) =>
    inventory.packages.flatMap((each) => packageUrlOf(each, inventory.distribution) ?? []),
  );
  return new Set(urls.flatMap((url) => packageUrlBase(url) ?? []));
}
