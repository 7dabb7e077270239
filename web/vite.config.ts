import process from "node:process";

import react from "@vitejs/plugin-react";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

const daemon = process.env["GOREV_URL"] ?? "http://localhost:5082";

/** The daemon refuses a foreign Origin; the development server stands in front of it, so it drops the header. */
const proxied: ProxyOptions = {
  target: daemon,
  changeOrigin: true,
  configure(proxy) {
    proxy.on("proxyReq", (request) => request.removeHeader("origin"));
    proxy.on("proxyReqWs", (request) => request.removeHeader("origin"));
  },
};

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../gorev/page",
    emptyOutDir: true,
    // The daemon's content security policy allows neither data: addresses nor inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/api": proxied, "/ws": { ...proxied, ws: true } },
  },
  test: {
    include: ["src/**/*.test.ts"],
  },
});
