import { expect, test } from "vitest";
import { lockedUp } from "./locked-up.mjs";

/** As dockerd 20.10 wrote it when two of its goroutines waited for each other's lock (moby/moby#46661), shortened. */
const stacks = `goroutine 1 [chan receive, 12 minutes]:
main.main()
	/src/cmd/dockerd/docker.go:97 +0x15d

goroutine 7 [semacquire, 8 minutes]:
sync.runtime_SemacquireMutex(0xc0015f48b4, 0x56222028e400, 0x1)
	/usr/local/go/src/runtime/sema.go:71 +0x49
sync.(*Mutex).Lock(...)
	/usr/local/go/src/sync/mutex.go:81
github.com/docker/docker/vendor/github.com/docker/libnetwork.(*network).ID(0x40007faa80, {0x0, 0x0})
	/go/src/libnetwork/network.go:254 +0xc8
github.com/docker/docker/vendor/github.com/docker/libnetwork.(*controller).processEndpointDelete(0x400062a400)
	/go/src/libnetwork/store.go:403 +0x9c
created by github.com/docker/libnetwork.(*controller).startWatch
	/go/src/libnetwork/store.go:460

goroutine 8 [semacquire]:
sync.runtime_Semacquire(0xc000794fc8)
	/usr/lib/go-1.19/src/runtime/sema.go:62 +0x25
sync.(*WaitGroup).Wait(0xc000794fc0)
	/usr/lib/go-1.19/src/sync/waitgroup.go:139 +0x52
github.com/docker/libnetwork.(*controller).sandboxCleanup(0x1)
	/go/src/libnetwork/sandbox.go:1

goroutine 11 [sync.Cond.Wait, 8 minutes]:
github.com/docker/docker/pkg/ioutils.(*BytesPipe).Read(0x1)
	/go/src/ioutils/bytespipe.go:1

goroutine 9 [sync.Mutex.Lock]:
github.com/docker/libnetwork.(*controller).Networks(0x1)
	/go/src/libnetwork/controller.go:9

goroutine 10 [sync.Mutex.Lock, 3 minutes, locked to thread]:
github.com/docker/libnetwork.(*controller).Networks(0x2)
	/go/src/libnetwork/controller.go:9
`;

test("where goroutines wait for a lock is told, most of them first; what waits for work, or for others, is not", () => {
  expect(lockedUp(stacks)).toEqual([
    "2 waiting for a lock, for 3 min: libnetwork.(*controller).Networks",
    "1 waiting for a lock, for 8 min: libnetwork.(*network).ID < libnetwork.(*controller).processEndpointDelete",
  ]);
});

test("how long is said where the runtime knows it", () => {
  expect(lockedUp("goroutine 9 [sync.RWMutex.RLock]:\nmain.list(0x1)\n\t/src/main.go:9\n")).toEqual([
    "1 waiting for a lock: main.list",
  ]);
});

test("nothing is made of nothing", () => expect(lockedUp("")).toEqual([]));
