// SPDX-License-Identifier: Apache-2.0
import { licenseList } from "../languages/license-list.ts";
import type { PythonMetadata } from "./read-metadata.ts";

const CLASSIFIER = "License :: ";
/** A longer one is the text of the licence, which people put into this field. */
const MAX_LICENSE_NAME = 100;

/** Names in the classifiers of PyPI that say exactly which licence it is; the others stay as written. */
const SPDX_BY_CLASSIFIER: ReadonlyMap<string, string> = new Map([
  ["MIT License", "MIT"],
  ["MIT No Attribution License (MIT-0)", "MIT-0"],
  ["Apache Software License", "Apache-2.0"],
  ["ISC License (ISCL)", "ISC"],
  ["The Unlicense (Unlicense)", "Unlicense"],
  ["zlib/libpng License", "Zlib"],
  ["Python Software Foundation License", "PSF-2.0"],
  ["Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"],
  ["Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1"],
  ["Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"],
  ["Eclipse Public License 1.0 (EPL-1.0)", "EPL-1.0"],
  ["Eclipse Public License 2.0 (EPL-2.0)", "EPL-2.0"],
  ["European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"],
  ["GNU General Public License v2 (GPLv2)", "GPL-2.0-only"],
  ["GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later"],
  ["GNU General Public License v3 (GPLv3)", "GPL-3.0-only"],
  ["GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"],
  ["GNU Lesser General Public License v2 (LGPLv2)", "LGPL-2.0-only"],
  ["GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"],
  ["GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"],
  ["GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later"],
  ["GNU Affero General Public License v3", "AGPL-3.0-only"],
  ["GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"],
  ["CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"],
]);

/** The licences: the expression (PEP 639) if there is one, else the classifiers, else the free text when it is a name. */
export function licensesOfMetadata(metadata: PythonMetadata): readonly string[] {
  const expression = licenseList(metadata.get("license-expression")?.[0]);
  if (expression.length > 0) {
    return expression;
  }
  const classified = licenseList((metadata.get("classifier") ?? []).filter(isLicense).map(nameOf)).filter(isSpecific);
  if (classified.length > 0) {
    return classified;
  }
  return licenseList(metadata.get("license")?.[0]).filter(
    (name) => name.length <= MAX_LICENSE_NAME && name.toUpperCase() !== "UNKNOWN",
  );
}

function isLicense(classifier: string): boolean {
  return classifier.startsWith(CLASSIFIER);
}

/** `License :: OSI Approved :: MIT License` names the MIT License. */
function nameOf(classifier: string): string {
  const name = classifier.slice(classifier.lastIndexOf("::") + 2).trim();
  return SPDX_BY_CLASSIFIER.get(name) ?? name;
}

/** "OSI Approved" alone says nothing about which one. */
function isSpecific(name: string): boolean {
  return name !== "OSI Approved";
}
