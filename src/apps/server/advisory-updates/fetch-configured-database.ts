// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { type PulledDatabase, pullDatabase } from "#advisory-db";
import { messageOf, parseDigest } from "#base";
import { advisoryFolder, type Configuration, ConfigurationError } from "#configuration";
import { openImageRepository, openImageSource, type RegistryOptions } from "#image-source";
import { parseImageReference } from "#oci";
import type { SignatureVerifier, TrustRequirement } from "#signatures";

/** What says where the database comes from and who may sign it. */
export type UpdateSettings = Pick<Configuration, "advisories" | "dataDir" | "images" | "proxy" | "signatures">;

/** Whose signature the database needs by the settings. Throws ConfigurationError for keys that cannot be read. */
export async function readTrustedSigners(
  settings: Pick<UpdateSettings, "advisories">,
): Promise<readonly TrustRequirement[]> {
  const { trustedKeys, trustedIdentity } = settings.advisories;
  const keys = await Promise.all(
    trustedKeys.map(async (file) => {
      try {
        return await readFile(file, "utf8");
      } catch (error) {
        throw new ConfigurationError([`advisories.trustedKeys: ${messageOf(error)}`]);
      }
    }),
  );
  return [
    ...(keys.length === 0 ? [] : [{ kind: "cosign-key" as const, keys }]),
    ...(trustedIdentity === undefined
      ? []
      : [
          {
            kind: "cosign-keyless" as const,
            identities: [trustedIdentity] as const,
            trustRoot: { name: "sigstore" },
          },
        ]),
  ];
}

/** Fetches the database at `advisories.reference` into the data folder; throws what `pullDatabase` and registries say. */
export async function fetchConfiguredDatabase(
  reference: string,
  options: {
    readonly settings: UpdateSettings;
    readonly verifier: Pick<SignatureVerifier, "verify">;
    readonly requirements: readonly TrustRequirement[];
    readonly now: Date;
    readonly signal: AbortSignal;
  },
): Promise<PulledDatabase> {
  const { settings, verifier, requirements, now, signal } = options;
  const access = { ...(await registryOptions(reference, settings)), signal };
  const pinned = parseDigest(/@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1] ?? "");
  await using source = await openImageSource(reference, access);
  const into = advisoryFolder(settings);
  if (pinned !== undefined) {
    return await pullDatabase({ source, trust: { pinned }, into, now, signal });
  }
  await using image = await openImageRepository(reference, access);
  const { registryUrl, credentials } = image;
  return await pullDatabase({
    source,
    trust: {
      verifier,
      image: {
        reference: image.reference,
        digest: source.root.digest,
        referrers: image.repository,
        registryUrl,
        credentials,
      },
      requirements,
    },
    into,
    now,
    signal,
  });
}

/** The registry is reached as other registries are, with the operator's own credentials. */
async function registryOptions(reference: string, settings: UpdateSettings): Promise<RegistryOptions> {
  if (!reference.startsWith("docker://")) {
    return {};
  }
  const { registry } = parseImageReference(reference.slice("docker://".length));
  const { images, proxy, signatures } = settings;
  const caFile = images.certificateAuthorities.find(({ name }) => name === registry)?.value;
  return {
    proxy,
    allowPrivateAddresses: signatures.allowPrivateAddresses,
    ...(caFile === undefined ? {} : { caFile }),
    ...(images.plainHttp.includes(registry) ? { plainHttp: true } : {}),
    ...(images.credentialsFile === undefined
      ? {}
      : { credentialFiles: [await readFile(images.credentialsFile, "utf8")] }),
  };
}
