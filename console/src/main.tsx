// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import "@mantine/core/styles.css";
import "./app/app.css";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("the page has no element #root");
}
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
