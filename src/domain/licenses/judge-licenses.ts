// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";
import type { ImageObservation, Package } from "#packages";
import { judgeLicense } from "./judge-license.ts";
import type { LicenseCategory } from "./license-category.ts";

/** Which licences are not wanted. */
export interface LicensePolicy {
  /** Categories that are told of, with how bad they are. */
  readonly categories: Readonly<Partial<Record<LicenseCategory, Severity>>>;
  /** Ids of SPDX that are not wanted whatever their category, unless the package lets one choose another. */
  readonly deny?: readonly string[];
  /** Ids of SPDX that are fine whatever their category. */
  readonly allow?: readonly string[];
  /** How bad a licence of the deny list is; default high. */
  readonly deniedSeverity?: Severity;
}

/** What is told of unless somebody says otherwise: licences with conditions on mere use. */
export const DEFAULT_LICENSE_POLICY: LicensePolicy = { categories: { forbidden: "high" } };

/**
 * The packages whose licences are not wanted, one observation for each package and licence, with the package's evidence. Values
 * for the message: `package`, `version`, `license`, `category`. Pure: a stored inventory with another policy is judged without the
 * image.
 */
export function judgeLicenses(
  packages: readonly Package[],
  policy: LicensePolicy = DEFAULT_LICENSE_POLICY,
): readonly ImageObservation[] {
  const denied = new Set(policy.deny?.map((id) => id.toLowerCase()));
  const allowed = new Set(policy.allow?.map((id) => id.toLowerCase()));
  return packages.flatMap((each) =>
    [...new Set(each.licenses)].flatMap((text) => {
      const license = judgeLicense(text);
      const isDenied = denied.size > 0 && !license.canAvoid(denied);
      const others = license.ids.map((id) => id.toLowerCase()).filter((id) => !allowed.has(id));
      const isAllowed = allowed.size > 0 && license.canAvoid(new Set(others));
      const severity = isDenied
        ? (policy.deniedSeverity ?? "high")
        : isAllowed
          ? undefined
          : policy.categories[license.category];
      return severity === undefined ? [] : [observe(each, license, { severity, isDenied })];
    }),
  );
}

function observe(
  { name, version, evidence }: Package,
  { expression, category }: { readonly expression: string; readonly category: LicenseCategory },
  { severity, isDenied }: { readonly severity: Severity; readonly isDenied: boolean },
): ImageObservation {
  const license = expression.slice(0, 200);
  return {
    kind: "license",
    rule: isDenied ? "license-denied" : `license-${category}`,
    severity,
    title: isDenied ? `a licence of the deny list: ${license}` : `a licence of the category ${category}: ${license}`,
    excerpt: `${name} ${version}: ${license}`,
    params: { package: name, version, license, category },
    evidence,
  };
}
