// SPDX-License-Identifier: Apache-2.0
import { Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiFailure } from "../api/client.ts";
import { useText } from "../app/language.tsx";
import { useFailureText } from "./use-failure-text.ts";

/** A page or panel that has nothing to show but words. */
export function Notice({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint?: string;
  readonly children?: ReactNode;
}) {
  return (
    <Stack align="center" gap="xs" py={56} px="md" ta="center">
      <Title order={2} size="h4">
        {title}
      </Title>
      {hint === undefined ? null : (
        <Text c="dimmed" maw={560}>
          {hint}
        </Text>
      )}
      {children}
    </Stack>
  );
}

/** Shows a query: loading, error, no permission, nothing there; else what `children` makes of the data. */
export function QueryState<Data>({
  query,
  children,
}: {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}) {
  const text = useText();
  if (query.data !== undefined && !(query.error instanceof ApiFailure && query.error.status === 404)) {
    return (
      <>
        {query.error === null ? null : <StaleNotice error={query.error} onRetry={() => void query.refetch()} />}
        {children(query.data)}
      </>
    );
  }
  if (query.error !== null) {
    return <FailureNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <Center py={72} role="status" aria-label={text("console.state.loading")}>
      <Loader />
    </Center>
  );
}

/** Why something cannot be shown, and what can be done. */
export function FailureNotice({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const text = useText();
  const failureText = useFailureText();
  const failure = error instanceof ApiFailure ? error : undefined;
  if (failure?.status === 403) {
    return <Notice title={text("console.state.noPermission")} hint={text("console.state.noPermissionHint")} />;
  }
  if (failure?.status === 404) {
    return (
      <Notice title={failureText(error)} hint={text("console.state.notFoundHint")}>
        <Button component="a" href="/images" variant="default" mt="sm">
          {text("console.state.toImages")}
        </Button>
      </Notice>
    );
  }
  return (
    <Notice title={text("console.state.error")} hint={failureText(error)}>
      {failure?.requestId === undefined ? null : (
        <Text c="dimmed" size="sm" className="mono">
          {text("console.state.requestId", { id: failure.requestId })}
        </Text>
      )}
      <Button onClick={onRetry} variant="default" mt="sm">
        {text("console.state.retry")}
      </Button>
    </Notice>
  );
}

/** Old data stays on the page when a refresh fails, but not silently. */
function StaleNotice({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const text = useText();
  const failureText = useFailureText();
  return (
    <div role="alert" className="verdict-banner" data-outcome="undecided">
      {failureText(error)}{" "}
      <Button onClick={onRetry} variant="default" size="compact-sm">
        {text("console.state.retry")}
      </Button>
    </div>
  );
}
