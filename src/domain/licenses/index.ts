// SPDX-License-Identifier: Apache-2.0
export { isLicenseExpression } from "./is-license-expression.ts";
export { type JudgedLicense, judgeLicense } from "./judge-license.ts";
export { DEFAULT_LICENSE_POLICY, judgeLicenses, type LicensePolicy } from "./judge-licenses.ts";
export type { LicenseCategory } from "./license-category.ts";
export { normalizeLicense } from "./normalize-license.ts";
