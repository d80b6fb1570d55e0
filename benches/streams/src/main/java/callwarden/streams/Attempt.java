package callwarden.streams;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.time.Instant;

/**
 * What the window needs of a CallAttempt: when it was placed and whether somebody answered. The number is the record's key.
 *
 * <p>Read by hand from the stream of fields or tokens, which costs less than building the whole message.
 */
record Attempt(long startedAtMillis, boolean answered) {
  // Numbers of fields in proto/callwarden/v1/attempt.proto.
  private static final int STARTED_AT = 14;
  private static final int ANSWERED_AT = 16;
  private static final int DISPOSITION = 18;
  private static final int DISPOSITION_ANSWERED = 1;

  private static final JsonFactory JSON = new JsonFactory();

  static Attempt parse(byte[] record) throws IOException {
    return record.length > 0 && record[0] == '{' ? parseJson(record) : parseProtobuf(record);
  }

  private static Attempt parseProtobuf(byte[] record) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(record);
    long startedAt = 0;
    boolean answered = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case STARTED_AT -> startedAt = timestampMillis(in);
        case ANSWERED_AT -> {
          answered = true;
          in.skipField(tag);
        }
        case DISPOSITION -> answered |= in.readEnum() == DISPOSITION_ANSWERED;
        default -> in.skipField(tag);
      }
    }
    return new Attempt(startedAt, answered);
  }

  /** google.protobuf.Timestamp: seconds = 1, nanos = 2. */
  private static long timestampMillis(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    long millis = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> millis += 1_000 * in.readInt64();
        case 2 -> millis += in.readInt32() / 1_000_000;
        default -> in.skipField(tag);
      }
    }
    in.popLimit(outer);
    return millis;
  }

  private static Attempt parseJson(byte[] record) throws IOException {
    long startedAt = 0;
    boolean answered = false;
    try (JsonParser json = JSON.createParser(record)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "started_at" -> startedAt = Instant.parse(json.getText()).toEpochMilli();
          case "answered_at" -> answered = true;
          case "disposition" -> answered |= json.getText().equals("DISPOSITION_ANSWERED");
          default -> json.skipChildren();
        }
      }
    }
    return new Attempt(startedAt, answered);
  }
}
