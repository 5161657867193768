import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import {
  AuthenticationError,
  activeChildren,
  type Connection,
  EntryGuardError,
  EOFError,
  type ListProxy,
  Manager,
  Pipe,
  Pool,
  ProcessPoolExecutor,
  Queue,
} from '../../../runtime/index.ts';
import { RemoteList } from '../../../runtime/manager/proxies/list.ts';
import { inFamilyFolder } from '../../../runtime/memory/family-folder.ts';
import { familyFolder } from '../../../runtime/process/family.ts';
import * as managed from '../../fixtures/runtime/managed.ts';
import { leavesNothing } from '../leftovers.ts';
import { errorOf, range } from '../outcomes.ts';
import { eventually, isAlive, start } from '../processes.ts';
import { child } from '../queue/children.ts';

describe('proxies of a manager', () => {
  // The folder of the family stays as long as the family.
  before(() => inFamilyFolder(() => {}));
  leavesNothing();

  it('count exactly from many processes at once', async () => {
    await using manager = await Manager.start();
    const [dict, lock] = [manager.dict<string, number>(), manager.lock()];
    const children = range(3).map(() => child(managed.count, dict, 'sum', 200));
    const locked = range(2).map(() => child(managed.countLocked, dict, lock, 50));
    for (const one of [...children, ...locked]) {
      await one.join();
      assert.equal(one.exitCode, 0);
    }
    assert.deepEqual([await dict.get('sum'), await dict.get('n')], [600, 100]);
  });

  it('go into a running pool and back', async () => {
    await using pool = new Pool(2);
    await pool.map(managed.increment, [1, 2]);
    await using manager = await Manager.start();
    // Made in this very turn: the worker may call it before the manager knows of it.
    const list = manager.list<number>();
    const back = await Promise.all(range(20).map((n) => pool.apply(managed.append<number>, [list, n])));
    assert.deepEqual(
      (await back[7]?.toArray())?.sort((a, b) => a - b),
      range(20),
    );
    await using executor = new ProcessPoolExecutor(1);
    manager.register('Counter', managed.Counter);
    const counter = await manager.create<typeof managed.Counter>('Counter', 1);
    assert.equal(await executor.submit(managed.addTask, counter, 4), 5);
    assert.equal(await counter.add(1), 6);
  });

  it('go through queues, pipes and each other', async () => {
    await using manager = await Manager.start();
    const list = manager.list<number>();
    const inManager = manager.queue<ListProxy<number>>();
    await using first = child(managed.appendToNext, inManager, 1);
    await inManager.put(list);
    await first.join();
    const shared = new Queue<ListProxy<number>>();
    await using second = child(managed.appendToNext, shared as never, 2);
    await shared.put(list);
    await second.join();
    const dict = manager.dict<string, ListProxy<number>>([['list', list]]);
    await (await dict.get('list'))?.append(3);
    const [here, there] = Pipe<ListProxy<number>>();
    await here.send(list);
    await (await there.recv()).append(4);
    assert.deepEqual(await list.toArray(), [1, 2, 3, 4]);
    here.close();
    there.close();
  });

  it('work in the manager itself, in objects and functions of the user', async () => {
    await using manager = await Manager.start();
    manager.register('Board', managed.Board);
    const board = await manager.create<typeof managed.Board>('Board');
    const list = manager.list<string>();
    await board.keep(list);
    await board.keep(list);
    await board.tell('hello');
    assert.deepEqual(await list.toArray(), ['hello', 'hello']);
  });

  it('may be called before the manager knows of them', async () => {
    await using manager = await Manager.start();
    const { place, name } = (manager.list() as RemoteList<number>).parts;
    const [maker, number] = name.split('.');
    const next = new RemoteList({ place, name: `${maker}.${Number(number) + 1}` });
    const early = [next.length(), next.append(3), next.toArray()];
    const list = manager.list([1, 2]);
    assert.deepEqual(await Promise.all(early), [2, undefined, [1, 2, 3]]);
    assert.deepEqual(await list.toArray(), [1, 2, 3]);
    await assert.rejects(new RemoteList({ place, name: 'nobody.1' }).length(), /no such object/);
  });

  it('carry what is in one process at a time, and give it to the first who takes it', async () => {
    await using manager = await Manager.start();
    const queue = manager.queue<Connection<number>>();
    const [here, there] = Pipe<number>();
    await queue.put(there);
    assert.ok(there.closed);
    const taken = await queue.get();
    await here.send(5);
    assert.equal(await taken.recv(), 5);
    here.close();
    taken.close();
  });
});

describe('a manager', () => {
  leavesNothing();
  const folder = mkdtempSync(join(tmpdir(), 'manycore-manager-'));
  after(() => rmSync(folder, { recursive: true }));
  const authKey = 'a key of the test';

  it('is reached by others over TCP, who know its key', async () => {
    await using manager = await Manager.start({ address: ['127.0.0.1', 0], authKey });
    await using pool = new Pool(1);
    const list = await pool.apply(managed.visit, [manager.address, authKey]);
    await list.append(4);
    assert.deepEqual(await list.toArray(), [1, 2, 3, 4]);
    const remote = await Manager.connect(manager.address, { authKey });
    assert.deepEqual(remote.address, manager.address);
    assert.equal(await remote.dict([['a', 1]]).get('a'), 1);
    for (const wrong of ['another', Buffer.from('a key of the tesT')])
      await assert.rejects(Manager.connect(manager.address, { authKey: wrong }), AuthenticationError);
    assert.equal(await list.length(), 4);
  });

  it('listens on a path, and ends when somebody who is connected says so', async () => {
    const address = join(folder, 'socket');
    await using manager = await Manager.start({ address, authKey });
    assert.equal(manager.address, address);
    const list = manager.list([1]);
    const remote = await Manager.connect(address, { authKey });
    await remote.shutdown();
    await assert.rejects(list.toArray(), EOFError);
    assert.ok(await eventually(() => !existsSync(address)));
    await assert.rejects(Manager.connect(address, { authKey }), { code: 'ENOENT' });
  });

  it('tells why it cannot listen', async () => {
    await using _manager = await Manager.start({ address: join(folder, 'taken'), authKey });
    await assert.rejects(Manager.start({ address: join(folder, 'taken') }), { code: 'EADDRINUSE' });
    await assert.rejects(Manager.start({ address: ['192.0.2.1', 0] }), { code: 'EADDRNOTAVAIL' });
    await assert.rejects(Manager.start({ authKey: '' }), TypeError);
    await assert.rejects(Manager.start({ address: 7 as never }), TypeError);
  });

  it('that is killed ends every call with EOFError, and leaves no socket', async () => {
    await using manager = await Manager.start();
    const queue = manager.queue();
    const waiting = errorOf(queue.get());
    const pid = activeChildren().find(({ name }) => name.startsWith('Manager-'))?.pid ?? 0;
    await queue.qsize();
    process.kill(pid, 'SIGKILL');
    assert.ok((await waiting) instanceof EOFError);
    await assert.rejects(queue.put(1), EOFError);
    await assert.rejects(manager.list().length(), EOFError);
    assert.ok(await eventually(() => !existsSync(manager.address as string)));
  });

  it('that computes without end is killed by shutdown()', async () => {
    const manager = await Manager.start();
    const value = manager.value('i32');
    await value.get();
    const never = errorOf(value.update(managed.blockForever));
    await manager.shutdown();
    assert.ok((await never) instanceof EOFError);
  });

  it('gives EOFError to who gets a proxy after its end', async () => {
    const manager = await Manager.start();
    const shared = new Queue<ListProxy<number>>();
    await shared.put(manager.list([1]));
    await manager.shutdown();
    await using pool = new Pool(1);
    await assert.rejects(pool.apply(managed.append<number>, [await shared.get(), 2]), EOFError);
  });

  it('ends with the process that started it, however that ends', async () => {
    for (const end of ['kill', 'close'] as const) {
      const [here, there] = Pipe<ListProxy<number>>();
      await using starter = child(managed.startManager, there as Connection);
      const list = await here.recv();
      assert.deepEqual(await list.toArray(), [starter.pid]);
      if (end === 'kill') starter.kill();
      else here.close();
      await starter.join();
      const ended = async () => (await errorOf(list.length())) instanceof EOFError;
      while (!(await ended()));
      here.close();
    }
  });

  it('is ended by a program that has nothing left to do, and does not keep it', async () => {
    const { child: program, ended } = start('manager-idle.ts');
    const { code, output } = await ended;
    assert.deepEqual([code, output.split('\n').slice(1)], [0, ['']]);
    assert.ok(await eventually(() => !isAlive(Number(output))));
    const left = () =>
      readdirSync(dirname(familyFolder())).filter((name) => name.includes(`-${program.pid}-`));
    assert.ok(await eventually(() => left().length === 0), String(left()));
  });

  it('is not started by a module that a child imports', async () => {
    await using pool = new Pool(1);
    const error = await errorOf(pool.apply(managed.unguarded, []));
    assert.ok(error instanceof EntryGuardError, String(error));
    assert.match(error.message, /Manager\.start\(\) runs while .*manager-unguarded\.[tj]s:\d+/);
  });
});
