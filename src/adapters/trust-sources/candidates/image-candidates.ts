// SPDX-License-Identifier: Apache-2.0
import { digestAlgorithm, digestHex, LIMITS } from "#base";
import type { CosignCandidate } from "#cosign";
import type { NotationCandidate } from "#notation";
import type { Descriptor } from "#oci";
import type { FoundSignature, ReferrerSource, SignatureKind, SignedImage } from "#signatures";
import { withArtifactTypes } from "./artifact-types.ts";
import { type AttachedBlob, type AttachedKind, readReferrers, readTag } from "./attached.ts";
import { type Collected, together, unreadable } from "./collected.ts";
import { keepManifests } from "./keep-manifests.ts";
import {
  isCosignAttestationArtifact,
  isCosignBundle,
  isCosignSignatureArtifact,
  isDsseLayer,
  isNotationEnvelope,
  isNotationSignature,
  isSimpleSigningLayer,
} from "./signature-media-types.ts";

const BUNDLES: AttachedKind = { kind: "cosign", isLayer: isCosignBundle, maxBytes: LIMITS.maxAttestationBytes };
const SIGNATURES: AttachedKind = {
  kind: "cosign",
  // `cosign attest` of old put nothing else there; what is no signature is passed over by the verifier
  isLayer: (mediaType) => isSimpleSigningLayer(mediaType) || isDsseLayer(mediaType),
  maxBytes: LIMITS.maxSignatureBytes,
};
const ATTESTATIONS: AttachedKind = { kind: "cosign", isLayer: isDsseLayer, maxBytes: LIMITS.maxAttestationBytes };
const NOTATION: AttachedKind = { kind: "notation", isLayer: isNotationEnvelope, maxBytes: LIMITS.maxSignatureBytes };

/**
 * What is attached to one image, each place read at most once, when a requirement first asks for it. Which kind something
 * is, is taken from what the registry says of it; a wrong word there can hide a signature but make none.
 */
export class ImageCandidates {
  readonly #image: SignedImage;
  readonly #source: ReferrerSource;
  readonly #signal: AbortSignal;
  readonly #known: Map<string, Promise<unknown>> = new Map();

  constructor(image: SignedImage, signal: AbortSignal) {
    this.#image = image;
    this.#source = keepManifests(image.referrers);
    this.#signal = signal;
  }

  /** Bundles in referrers, the `.sig` tag, and cosign's artifacts in referrers (its OCI 1.1 mode). */
  async cosignSignatures(): Promise<Collected<CosignCandidate>> {
    return together(
      await Promise.all([
        this.#bundles(),
        this.#legacy(this.#tag("sig", SIGNATURES)),
        this.#legacy(this.#referrers("cosign artifacts", isCosignSignatureArtifact, SIGNATURES)),
      ]),
    );
  }

  /** Bundles in referrers, the `.att` tag, and cosign's artifacts in referrers. */
  async attestations(): Promise<Collected<CosignCandidate>> {
    return together(
      await Promise.all([
        this.#bundles(),
        this.#legacy(this.#tag("att", ATTESTATIONS)),
        this.#legacy(this.#referrers("attestation artifacts", isCosignAttestationArtifact, ATTESTATIONS)),
      ]),
    );
  }

  async notationSignatures(): Promise<Collected<NotationCandidate>> {
    const found = await this.#referrers("notation", isNotationSignature, NOTATION);
    return {
      ...found,
      candidates: found.candidates.map(({ location, layer, bytes }) => ({
        location,
        mediaType: layer.mediaType,
        bytes,
      })),
    };
  }

  /** What lies there, without its content. Throws a `CodedError` when the repository cannot be read. */
  async discover(): Promise<readonly FoundSignature[]> {
    const [referrers, ...tags] = await Promise.all([
      this.#list(),
      ...(["sig", "att"] as const).map(async (suffix): Promise<readonly FoundSignature[]> => {
        const tag = this.#tagName(suffix);
        const manifest = await this.#source.readManifest(tag, this.#signal);
        return manifest === undefined ? [] : [{ kind: "cosign", location: `tag ${tag}` }];
      }),
    ]);
    return [...referrers.flatMap(toFound), ...tags.flat()];
  }

  async #bundles(): Promise<Collected<CosignCandidate>> {
    return await this.#once("bundles", async () => {
      const found = await this.#referrers("bundle blobs", isCosignBundle, BUNDLES);
      const artifact = found.candidates.some(({ bytes }) => mayNeedArtifact(bytes))
        ? await this.#manifest()
        : undefined;
      return {
        ...found,
        candidates: found.candidates.map(({ location, bytes }) => ({
          kind: "bundle" as const,
          location,
          bytes,
          ...(artifact === undefined ? {} : { artifact }),
        })),
      };
    });
  }

  /** The bytes that a bundle with a plain message signature signs. Without them such a bundle stays unverified. */
  async #manifest(): Promise<Uint8Array | undefined> {
    try {
      return (await this.#source.readManifest(this.#image.digest, this.#signal))?.bytes;
    } catch {
      return undefined;
    }
  }

  async #legacy(blobs: Promise<Collected<AttachedBlob>>): Promise<Collected<CosignCandidate>> {
    const found = await blobs;
    return {
      ...found,
      candidates: found.candidates.map(({ location, layer, bytes }) => ({
        kind: "legacy" as const,
        location,
        mediaType: layer.mediaType,
        payload: bytes,
        annotations: layer.annotations ?? {},
      })),
    };
  }

  async #referrers(
    name: string,
    isWanted: (artifactType: string | undefined) => boolean,
    asked: AttachedKind,
  ): Promise<Collected<AttachedBlob>> {
    return await this.#once(name, async () => {
      let listed: readonly Descriptor[];
      try {
        listed = await this.#list();
      } catch (error) {
        return unreadable(asked.kind, "referrers", error);
      }
      const wanted = listed.filter((each) => isWanted(each.artifactType));
      return await readReferrers(this.#source, wanted, asked, this.#signal);
    });
  }

  async #tag(suffix: "sig" | "att", asked: AttachedKind): Promise<Collected<AttachedBlob>> {
    const tag = this.#tagName(suffix);
    return await this.#once(tag, () => readTag(this.#source, tag, asked, this.#signal));
  }

  /** cosign's "Signature Specification", storage: `sha256-<hex>.sig`. */
  #tagName(suffix: "sig" | "att"): string {
    return `${digestAlgorithm(this.#image.digest)}-${digestHex(this.#image.digest)}.${suffix}`;
  }

  async #list(): Promise<readonly Descriptor[]> {
    return await this.#once("list", async () =>
      withArtifactTypes(this.#source, await this.#source.listReferrers(this.#image.digest, this.#signal), this.#signal),
    );
  }

  async #once<T>(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.#known.get(name) ?? read();
    this.#known.set(name, known);
    return (await known) as T;
  }
}

/** A cheap look for the other content of a bundle (protobuf `dev.sigstore.bundle.v1.Bundle`, `message_signature`). */
function mayNeedArtifact(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"messageSignature"');
}

function toFound(descriptor: Descriptor): readonly FoundSignature[] {
  const { artifactType, annotations } = descriptor;
  const location = `referrer ${descriptor.digest}`;
  function found(kind: SignatureKind, predicateType?: string): readonly FoundSignature[] {
    return [predicateType === undefined ? { kind, location } : { kind, location, predicateType }];
  }
  if (isCosignBundle(artifactType)) {
    const predicateType = annotations?.["dev.sigstore.bundle.predicateType"];
    const isAttestation = predicateType !== undefined && predicateType !== COSIGN_SIGN_PREDICATE;
    return found("cosign", isAttestation ? predicateType : undefined);
  }
  if (isCosignSignatureArtifact(artifactType) || isCosignAttestationArtifact(artifactType)) {
    return found("cosign");
  }
  return isNotationSignature(artifactType) ? found("notation") : [];
}

const COSIGN_SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
