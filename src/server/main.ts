import { createConnection, ProposedFeatures } from 'vscode-languageserver/node.js';
import { serve } from './server.ts';

// The transport is an argument of the process: --stdio, --node-ipc, --socket=PORT or --pipe=NAME.
serve(createConnection(ProposedFeatures.all));
