package varve.interop;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.server.util.Scheduler;

/** Runs background work at once, keeps delayed work (file deletion) until told, drops periodic work. */
final class InlineScheduler implements Scheduler {
    private final ArrayDeque<Runnable> delayed = new ArrayDeque<>();

    @Override
    public void startup() {}

    @Override
    public void shutdown() {}

    @Override
    public ScheduledFuture<?> schedule(String name, Runnable task, long delayMs, long periodMs) {
        if (periodMs > 0) return new Done();
        if (delayMs > 0) delayed.add(task);
        else task.run();
        return new Done();
    }

    @Override
    public void resizeThreadPool(int newSize) {}

    int runDelayed() {
        int count = 0;
        for (Runnable task = delayed.poll(); task != null; task = delayed.poll(), count++) task.run();
        return count;
    }

    /** UnifiedLog cancels its periodic task at close, so there must be something to cancel. */
    private static final class Done extends CompletableFuture<Object> implements ScheduledFuture<Object> {
        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }
}
