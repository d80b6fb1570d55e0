package callwarden.streams;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Attempts and answers of one number in each of the last 24 hours, and attempts in its newest minute. */
final class Window {
  private static final int HOURS = 24;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final int BYTES = 8 + 4 + 4 + 4 + 2 * 2 * HOURS;

  private long orderedUntil;
  private int hour;
  private int minute;
  private int inMinute;
  private final short[] attempts = new short[HOURS];
  private final short[] answers = new short[HOURS];

  /** Counts an attempt; one that is older than the window is left out. */
  void add(Attempt attempt) {
    int at = (int) (attempt.startedAtMillis() / HOUR);
    if (at <= hour - HOURS) {
      return;
    }
    for (int left = Math.min(at - hour, HOURS); left > 0; left--) {
      int gone = Math.floorMod(at - left + 1, HOURS);
      attempts[gone] = 0;
      answers[gone] = 0;
    }
    hour = Math.max(hour, at);
    attempts[at % HOURS]++;
    if (attempt.answered()) {
      answers[at % HOURS]++;
    }
    int of = (int) (attempt.startedAtMillis() / MINUTE);
    if (of > minute) {
      minute = of;
      inMinute = 0;
    }
    if (of == minute) {
      inMinute++;
    }
  }

  /** Whether an order is due: too many attempts in the newest minute, and none stands. It stands for an hour from then on. */
  boolean order(int perMinute, long at) {
    if (inMinute <= perMinute || at < orderedUntil) {
      return false;
    }
    orderedUntil = at + HOUR;
    return true;
  }

  int inMinute() {
    return inMinute;
  }

  int attempts() {
    return sum(attempts);
  }

  int answers() {
    return sum(answers);
  }

  private static int sum(short[] counts) {
    int sum = 0;
    for (short count : counts) {
      sum += Short.toUnsignedInt(count);
    }
    return sum;
  }

  /** Of a fixed length: 116 bytes. */
  static Serde<Window> serde() {
    Serializer<Window> write = (topic, window) -> window == null ? null : window.toBytes();
    Deserializer<Window> read = (topic, bytes) -> bytes == null ? null : fromBytes(bytes);
    return Serdes.serdeFrom(write, read);
  }

  private byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.putLong(orderedUntil).putInt(hour).putInt(minute).putInt(inMinute);
    out.asShortBuffer().put(attempts).put(answers);
    return out.array();
  }

  private static Window fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Window window = new Window();
    window.orderedUntil = in.getLong();
    window.hour = in.getInt();
    window.minute = in.getInt();
    window.inMinute = in.getInt();
    in.asShortBuffer().get(window.attempts).get(window.answers);
    return window;
  }
}
