package varve.interop;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the topics that match a pattern, which the broker evaluates. Prints topic and value of each
 * record, or that the pattern is none.
 *
 * <p>Arguments: bootstrap, group, pattern. Runs until killed.
 */
public final class PatternReader {
  private PatternReader() {}

  public static void main(String[] args) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("group.id", args[1]);
    settings.put("group.protocol", "consumer");
    settings.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(new SubscriptionPattern(args[2]));
      while (true) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          System.out.println(record.topic() + " " + record.value());
        }
      }
    } catch (InvalidRegularExpression invalid) {
      System.out.println("invalid " + invalid.getMessage());
    }
  }
}
