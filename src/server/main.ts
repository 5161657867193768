import { createConnection, ProposedFeatures } from 'vscode-languageserver/node.js';
import { compileSparingly, growSlowly } from '../analysis/heap.ts';
import { serve } from './server.ts';

/** In percent of the heap. The server stays for hours and is idle for most of them: its memory counts more than its time. */
const GARBAGE = 20;

growSlowly(GARBAGE);
compileSparingly();
// The transport is an argument of the process: --stdio, --node-ipc, --socket=PORT or --pipe=NAME.
serve(createConnection(ProposedFeatures.all));
