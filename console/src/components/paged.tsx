// SPDX-License-Identifier: Apache-2.0
import { Pagination, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** One page of a long list: a sentence when nothing matches, and the choice of pages when there are several. */
export function Paged(props: {
  readonly total: number;
  readonly pageSize: number;
  readonly page: number;
  readonly onPage: (page: number) => void;
  /** What the choice of pages is called for those who do not see it. */
  readonly label: string;
  readonly nothing: string;
  readonly children: ReactNode;
}) {
  return (
    <>
      {props.total === 0 ? <Text ta="center">{props.nothing}</Text> : props.children}
      {props.total > props.pageSize ? (
        <Pagination
          total={Math.ceil(props.total / props.pageSize)}
          value={props.page}
          onChange={props.onPage}
          getItemProps={(item) => ({ "aria-label": String(item) })}
          aria-label={props.label}
        />
      ) : null}
    </>
  );
}
