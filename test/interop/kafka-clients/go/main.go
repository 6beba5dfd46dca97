// Produces and consumes with franz-go: plain, in a group, and in a transaction.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func main() {
	seed := os.Args[1]
	count, _ := strconv.Atoi(os.Args[2])
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	producer, err := kgo.NewClient(kgo.SeedBrokers(seed), kgo.TransactionalID("franz"), kgo.AllowAutoTopicCreation(), kgo.DefaultProduceTopic("go"))
	must(err)
	for _, commit := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort, kgo.TryCommit} {
		must(producer.BeginTransaction())
		for n := 0; n < count; n++ {
			producer.Produce(ctx, kgo.StringRecord(strconv.Itoa(n)), nil)
		}
		must(producer.Flush(ctx))
		must(producer.EndTransaction(ctx, commit))
	}
	producer.Close()

	consumer, err := kgo.NewClient(kgo.SeedBrokers(seed), kgo.ConsumerGroup("gophers"), kgo.ConsumeTopics("go"), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	must(err)
	seen := 0
	for seen < 2*count {
		fetches := consumer.PollFetches(ctx)
		for _, e := range fetches.Errors() {
			must(e.Err)
		}
		seen += fetches.NumRecords()
	}
	must(consumer.CommitUncommittedOffsets(ctx))
	consumer.Close()
	fmt.Println("seen", seen)
}
