// SPDX-License-Identifier: Apache-2.0
import { Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiFailure } from "../api/client.ts";
import { sessionQuery } from "../api/queries.ts";
import { FailureNotice } from "../components/page-state.tsx";
import { LoginPage } from "../features/login/login-page.tsx";
import { PasswordPage } from "../features/login/password-page.tsx";
import { useText } from "./language.tsx";

/**
 * Shows the login to whoever has no session, and the password form to whoever must change it; the address stays, so
 * that one arrives where one wanted to go.
 */
export function SessionGate({ outlet }: { readonly outlet: ReactNode }) {
  const text = useText();
  const session = useQuery(sessionQuery());
  if (session.data !== undefined && session.error === null) {
    return session.data.mustChangePassword ? <PasswordPage /> : outlet;
  }
  if (session.error instanceof ApiFailure && session.error.status === 401) {
    return <LoginPage />;
  }
  if (session.error !== null) {
    return <FailureNotice error={session.error} onRetry={() => void session.refetch()} />;
  }
  return (
    <Center h="100dvh" role="status" aria-label={text("console.state.loading")}>
      <Loader />
    </Center>
  );
}
