import type { Reading, RepeatRequest } from '../protocol.ts';
import type { Open } from '../systems/system.ts';
import { time } from './map.ts';

/** Time from the call that ends an idle, warm pool until it says that its workers have ended. */
export async function measureShutdown(open: Open, request: RepeatRequest): Promise<Reading> {
  const value = await closing((session) => session.close());
  const { closeInOrder } = await open({ workers: 1, binary: false }).then(closed);
  const extra = closeInOrder ? { inOrder: await closing((session) => session.closeInOrder?.()) } : {};
  return { value, ran: 1, extra };

  async function closing(close: (session: Awaited<ReturnType<Open>>) => Promise<void> | undefined) {
    const session = await open({ workers: request.workers, binary: false });
    for (let i = 0; i < 20; i += 1)
      await Promise.all(Array.from({ length: request.workers }, (_, w) => session.one(request.task, w)));
    return time(async () => close(session));
  }
}

async function closed<S extends { close(): Promise<void> }>(session: S): Promise<S> {
  await session.close();
  return session;
}
