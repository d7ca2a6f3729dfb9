// SPDX-License-Identifier: Apache-2.0
import type { AttestationVerifier } from "#attestations";
import type { CosignVerifier, SigstoreTrustRoot } from "#cosign";
import type { NotationVerifier } from "#notation";
import {
  type AttestationRequirement,
  type AttestationSigner,
  type GpgRequirement,
  type NotationRequirement,
  requirementId,
} from "#signatures";
import type { GpgVerifier } from "#simple-signing";
import type { ResolvedTrustRoot } from "./trust-roots/trust-roots.ts";

const MAX_VERIFIERS = 1_000;

/**
 * Verifiers made once for each requirement and trust root: parsing keys, roots and conditions costs more than one
 * verification. A kind's module is loaded when it is first needed.
 */
export class Verifiers {
  readonly #made: Map<string, Promise<unknown>> = new Map();

  async cosign(requirement: AttestationSigner, root: ResolvedTrustRoot | undefined): Promise<CosignVerifier> {
    return await this.#once(`${requirementId(requirement)} ${root?.digest ?? ""}`, async () => {
      const { createCosignVerifier } = await import("#cosign");
      return createCosignVerifier(requirement, root === undefined ? undefined : await this.#trustRoot(root));
    });
  }

  async attestation(
    requirement: AttestationRequirement,
    roots: readonly (ResolvedTrustRoot | undefined)[],
  ): Promise<AttestationVerifier> {
    const material = roots.map((root) => root?.digest ?? "").join(" ");
    return await this.#once(`${requirementId(requirement)} ${material}`, async () => {
      const { createAttestationVerifier } = await import("#attestations");
      const signers = await Promise.all(requirement.by.map((signer, index) => this.cosign(signer, roots[index])));
      return createAttestationVerifier(requirement, signers);
    });
  }

  async notation(requirement: NotationRequirement): Promise<NotationVerifier> {
    return await this.#once(requirementId(requirement), async () => {
      const { createNotationVerifier } = await import("#notation");
      return createNotationVerifier(requirement);
    });
  }

  async gpg(requirement: GpgRequirement): Promise<GpgVerifier> {
    return await this.#once(requirementId(requirement), async () => {
      const { createGpgVerifier } = await import("#simple-signing");
      return createGpgVerifier(requirement);
    });
  }

  async #trustRoot(root: ResolvedTrustRoot): Promise<SigstoreTrustRoot> {
    return await this.#once(`root ${root.digest}`, async () => {
      const { parseTrustedRoot } = await import("#cosign");
      return parseTrustedRoot(root.json);
    });
  }

  /** What could not be made is not kept: the next one may find a repaired file. */
  async #once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const made = this.#made.get(key) ?? make();
    this.#made.delete(key);
    this.#made.set(key, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > MAX_VERIFIERS && oldest !== undefined) {
      this.#made.delete(oldest);
    }
    try {
      return (await made) as T;
    } catch (error) {
      if (this.#made.get(key) === made) {
        this.#made.delete(key);
      }
      throw error;
    }
  }
}
