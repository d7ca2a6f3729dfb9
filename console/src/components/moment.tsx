// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import { useIntl } from "react-intl";
import { toRelativeTime } from "../lib/relative-time.ts";

const TICK_MS = 30_000;

/** A point in time, said relative to now; the exact one is its title. */
export function Moment({ at }: { readonly at: string }) {
  const intl = useIntl();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const { value, unit } = toRelativeTime(Date.parse(at), Math.max(now, Date.parse(at)));
  return (
    <time dateTime={at} title={intl.formatDate(at, { dateStyle: "medium", timeStyle: "medium" })}>
      {intl.formatRelativeTime(value, unit, { numeric: "auto" })}
    </time>
  );
}
