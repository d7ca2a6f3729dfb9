// SPDX-License-Identifier: Apache-2.0
import { Fragment } from "react";

/** The name of an image, which may break after a slash and nowhere else. */
export function ImageName({ name }: { readonly name: string }) {
  const parts = name.split("/");
  return (
    <>
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
    </>
  );
}
