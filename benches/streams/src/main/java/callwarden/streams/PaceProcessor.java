package callwarden.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keeps a number's window and orders it to slow down when it passes the cap. */
final class PaceProcessor implements Processor<Bytes, byte[], Bytes, byte[]> {
  static final String STORE = "numbers";

  private final int perMinute;
  private ProcessorContext<Bytes, byte[]> context;
  private KeyValueStore<Bytes, Window> numbers;

  PaceProcessor(int perMinute) {
    this.perMinute = perMinute;
  }

  @Override
  public void init(ProcessorContext<Bytes, byte[]> context) {
    this.context = context;
    this.numbers = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<Bytes, byte[]> record) {
    Attempt attempt;
    try {
      attempt = Attempt.parse(record.value());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    Window window = numbers.get(record.key());
    if (window == null) {
      window = new Window();
    }
    window.add(attempt);
    if (window.order(perMinute, attempt.startedAtMillis())) {
      context.forward(record.withValue(command(record.key(), window)));
    }
    numbers.put(record.key(), window);
  }

  private static byte[] command(Bytes key, Window window) {
    String number = new String(key.get(), StandardCharsets.UTF_8);
    return """
        {"number":"%s","reason":"pace_over_cap","in_minute":%d,"attempts":%d,"answers":%d}"""
        .formatted(number, window.inMinute(), window.attempts(), window.answers())
        .getBytes(StandardCharsets.UTF_8);
  }
}
