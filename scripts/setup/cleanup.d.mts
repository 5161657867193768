export function atEnd(cleanup: () => void): () => void;
