package varve.interop;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Consume, transform, produce: copies every record of one topic to another exactly once, whatever is
 * killed in between. Each poll is one transaction; the group's offsets are part of it.
 *
 * Arguments: bootstrap, source, target, group, transactional id, group protocol. Runs until killed;
 * any failure but a retriable one ends it, and whoever watches starts it again.
 */
public final class ExactlyOnceCopier {
  private ExactlyOnceCopier() {}

  public static void main(String[] args) {
    String source = args[1];
    String target = args[2];
    Properties common = new Properties();
    common.put("bootstrap.servers", args[0]);
    common.put("reconnect.backoff.max.ms", "200");
    common.put("retry.backoff.ms", "20");
    Properties consuming = new Properties();
    consuming.putAll(common);
    consuming.put("group.id", args[3]);
    consuming.put("enable.auto.commit", "false");
    consuming.put("auto.offset.reset", "earliest");
    consuming.put("isolation.level", "read_committed");
    consuming.put("max.poll.records", "50");
    if (args[5].equals("classic")) {
      consuming.put("session.timeout.ms", "6000");
      consuming.put("heartbeat.interval.ms", "500");
    } else {
      consuming.put("group.protocol", args[5]);
    }
    Properties producing = new Properties();
    producing.putAll(common);
    producing.put("transactional.id", args[4]);
    producing.put("transaction.timeout.ms", "10000");
    producing.put("linger.ms", "0");
    try (KafkaConsumer<String, String> consumer =
            new KafkaConsumer<>(consuming, new StringDeserializer(), new StringDeserializer());
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      consumer.subscribe(List.of(source));
      System.out.println("ready");
      while (true) {
        copyOnce(consumer, producer, target);
      }
    }
  }

  private static void copyOnce(
      KafkaConsumer<String, String> consumer, KafkaProducer<String, String> producer, String target) {
    var records = consumer.poll(Duration.ofMillis(100));
    if (records.isEmpty()) return;
    producer.beginTransaction();
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      for (ConsumerRecord<String, String> record : records) {
        producer.send(new ProducerRecord<>(target, record.key(), "copy of " + record.value()));
        offsets.put(
            new TopicPartition(record.topic(), record.partition()),
            new OffsetAndMetadata(record.offset() + 1));
      }
      producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
      producer.commitTransaction();
      System.out.println("copied " + records.count());
    } catch (ProducerFencedException fenced) {
      throw fenced;
    } catch (RuntimeException failed) {
      // Whether it was committed is not known here: another life finds out from the offsets.
      System.out.println("failed " + failed);
      throw failed;
    }
  }
}
