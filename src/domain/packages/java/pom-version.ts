// SPDX-License-Identifier: Apache-2.0

/** Elements that have versions of other things. */
const OTHERS =
  /<(dependencies|dependencyManagement|build|profiles|properties|reporting|modules|distributionManagement)>/;
const VERSION = /<version>\s*([^<\s]{1,100})\s*<\/version>/;

/**
 * The version in a `pom.xml` as it is packed into jars: the project's, else its parent's; `undefined` when there is none or
 * it is made of properties. Reads only what stands before the first list of other artifacts, where Maven's order has it.
 */
export function pomVersion(xml: string): string | undefined {
  const others = OTHERS.exec(xml);
  const head = xml.slice(0, others?.index ?? xml.length);
  const parentStart = head.indexOf("<parent>");
  const parentEnd = head.indexOf("</parent>", parentStart);
  const hasParent = parentStart !== -1 && parentEnd !== -1;
  const own = hasParent ? `${head.slice(0, parentStart)}${head.slice(parentEnd)}` : head;
  const version =
    VERSION.exec(own)?.[1] ?? (hasParent ? VERSION.exec(head.slice(parentStart, parentEnd))?.[1] : undefined);
  return version?.includes("$") === true ? undefined : version;
}
