// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import { renderPlatform } from "#oci";
import type { ImageFacts, PlatformFacts, TrustFacts } from "#policy";
import type { SignatureResult } from "#signatures";

/** What was looked at just now. */
export interface ScannedFacts {
  /** What is judged: an image, or an index of which the reports are. */
  readonly digest: Digest;
  readonly reports: readonly ScanReport[];
  /** Configurations by manifest, as far as they could be read. */
  readonly configs?: ReadonlyMap<Digest, { readonly user?: string } | undefined>;
  readonly scannedAt: Date;
  /** The index that the location names, if it names one. */
  readonly index?: Digest | undefined;
  /** Results by manifest; empty where the policy asks for no signature. */
  readonly trust: ReadonlyMap<Digest, readonly SignatureResult[]>;
}

/** The facts of a scan that was made just now, as the server has them of the same image. */
export function imageFactsOf({ digest, reports, configs, scannedAt, index, trust }: ScannedFacts): ImageFacts {
  const children = reports.map((report): PlatformFacts => {
    const { digest: manifest, platform, created } = report.image;
    const config = configs?.get(manifest);
    return {
      ...withTrust(manifest, trust),
      platform: renderPlatform(platform),
      scan: { state: "done", report, scannedAt: scannedAt.toISOString() },
      ...(created === undefined ? {} : { created: { at: created, from: "config" } }),
      ...(config === undefined ? {} : { config }),
    };
  });
  const [only] = children;
  // The one child that was chosen of an index is what would run here, so it is judged as the image itself, unless
  // signatures are asked for: a node comes to the child through the index, whose own signature gates want to see as well.
  if (children.length !== 1 || only === undefined || (digest === index && trust.size > 0)) {
    return { kind: "index", ...withTrust(digest, trust), children };
  }
  const isChild = index !== undefined && index !== only.digest && trust.size > 0;
  return { kind: "image", ...only, ...(isChild ? { parents: [withTrust(index, trust)] } : {}) };
}

function withTrust(digest: Digest, trust: ScannedFacts["trust"]): TrustFacts {
  const results = trust.get(digest);
  return results === undefined ? { digest } : { digest, trust: results };
}
