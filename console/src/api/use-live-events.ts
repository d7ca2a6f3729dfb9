// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

/** A push of many images is one refresh of the list, not many. */
const GATHER_MS = 150;
const RETRY_MS = 5_000;

/**
 * Keeps the shown images true while the server tells what happens; returns whether it does now. Whenever the connection
 * is (again) there, everything that may have been missed is read anew.
 */
export function useLiveEvents(): boolean {
  const queries = useQueryClient();
  const [isLive, setIsLive] = useState(true);
  useEffect(() => {
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let retrying: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource | undefined;

    function refresh(): void {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        for (const key of ["images", "image", "scans", "status"]) {
          void queries.invalidateQueries({ queryKey: [key] });
        }
      }, GATHER_MS);
    }
    function connect(): void {
      source = new EventSource("/api/v1/events");
      source.addEventListener("hello", () => {
        setIsLive(true);
        refresh();
      });
      for (const name of ["image-pushed", "scan-changed", "statements-changed", "resync"]) {
        source.addEventListener(name, refresh);
      }
      source.addEventListener("error", () => {
        setIsLive(false);
        if (source?.readyState === EventSource.CLOSED) {
          // The server answered with a refusal: the browser gives up, and perhaps the session has ended.
          void queries.invalidateQueries({ queryKey: ["session"] });
          retrying = setTimeout(connect, RETRY_MS);
        }
      });
    }
    connect();
    return () => {
      clearTimeout(gathering);
      clearTimeout(retrying);
      source?.close();
    };
  }, [queries]);
  return isLive;
}
