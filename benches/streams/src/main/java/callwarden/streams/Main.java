package callwarden.streams;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.Stores;

/**
 * Reads attempts keyed by number, keeps a rolling day of each, and sends a command when a number passes its cap.
 *
 * <p>Arguments: brokers, application id, topic of attempts, topic of commands, guarantee, threads, directory of state, attempts a
 * minute. Says RUNNING on standard output when it has its partitions; ends on SIGTERM.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws InterruptedException {
    KafkaStreams streams = new KafkaStreams(topology(args[2], args[3], Integer.parseInt(args[7])), settings(args));
    CountDownLatch ended = new CountDownLatch(1);
    streams.setStateListener((now, before) -> {
      System.out.println(now);
      if (now == KafkaStreams.State.NOT_RUNNING || now == KafkaStreams.State.ERROR) {
        ended.countDown();
      }
    });
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
    ended.await();
  }

  private static Topology topology(String attempts, String commands, int perMinute) {
    var bytes = Serdes.Bytes();
    var values = Serdes.ByteArray();
    // In memory, since it fits and RocksDB would cost more; the changelog makes it durable. The cache in front of it writes a
    // number that changed several times between two commits to the changelog once.
    var numbers =
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(PaceProcessor.STORE), bytes, Window.serde())
            .withCachingEnabled()
            .withLoggingEnabled(Map.of());
    // The topic is keyed by number already, so nothing is repartitioned.
    return new Topology()
        .addSource("attempts", bytes.deserializer(), values.deserializer(), attempts)
        .addProcessor("pace", () -> new PaceProcessor(perMinute), "attempts")
        .addStateStore(numbers, "pace")
        .addSink("commands", commands, bytes.serializer(), values.serializer(), "pace");
  }

  private static Properties settings(String[] args) {
    boolean exactlyOnce = args[4].equals(StreamsConfig.EXACTLY_ONCE_V2);
    Properties settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, args[4]);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, args[5]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[6]);
    // Exactly once: its default, and as often as callwarden commits. Otherwise commands don't wait for a commit, which bounds
    // only how much is done again after a crash: a second's work.
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, exactlyOnce ? 100 : 1_000);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    // As many as a partition buffers anyway; a call of poll costs less by record then.
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
    return settings;
  }
}
