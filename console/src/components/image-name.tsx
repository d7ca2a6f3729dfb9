// SPDX-License-Identifier: Apache-2.0
import { Fragment } from "react";
import { shortDigest } from "../lib/short-digest.ts";

/**
 * The name of an image, which breaks after a slash where it can and anywhere where it must; a digest is shown short, with
 * the whole name as the title.
 */
export function ImageName({ name }: { readonly name: string }) {
  const at = name.lastIndexOf("@");
  const parts = (at === -1 ? name : name.slice(0, at)).split("/");
  return (
    <span className="long" title={at === -1 ? undefined : name}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a name have no other identity
        <Fragment key={`${index} ${part}`}>
          {index === 0 ? null : (
            <>
              /<wbr />
            </>
          )}
          {part}
        </Fragment>
      ))}
      {at === -1 ? null : (
        <>
          <wbr />@{shortDigest(name.slice(at + 1))}…
        </>
      )}
    </span>
  );
}
