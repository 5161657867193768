import { createConnection, ProposedFeatures } from 'vscode-languageserver/node.js';
import { growSlowly } from '../analysis/heap.ts';
import { serve } from './server.ts';

growSlowly();
// The transport is an argument of the process: --stdio, --node-ipc, --socket=PORT or --pipe=NAME.
serve(createConnection(ProposedFeatures.all));
