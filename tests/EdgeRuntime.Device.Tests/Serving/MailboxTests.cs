using EdgeRuntime.Device.Serving;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class MailboxTests
{
    [Fact]
    public void A_flood_from_the_broker_is_dropped_and_counted_while_acknowledgements_still_fit()
    {
        Mailbox mailbox = new(capacity: 2);

        for (int i = 0; i < 5; i++)
        {
            mailbox.Post(new Letter.Received("t", [], null, []));
        }

        mailbox.Post(new Letter.Published(7));

        Assert.Equal(3, mailbox.Dropped);
        Assert.IsType<Letter.Received>(mailbox.Take(TimeSpan.Zero));
        Assert.IsType<Letter.Received>(mailbox.Take(TimeSpan.Zero));
        Assert.Equal(new Letter.Published(7), mailbox.Take(TimeSpan.Zero));
        Assert.Null(mailbox.Take(TimeSpan.Zero));
    }
}
