// SPDX-License-Identifier: Apache-2.0

/** Haechi, the beast that guards the gate; decoration beside the written name. */
export function BrandMark({ size }: { readonly size: number }) {
  return <img src="/favicon.svg" width={size} height={size} alt="" aria-hidden="true" className="brand-mark" />;
}
