#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// To strip the types from some hundred files takes as long as everything else before the first word.
enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/healproof/compiled"));
await import("./cli/main.ts");
