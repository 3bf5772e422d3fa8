namespace EdgeRuntime.Contracts.Links;

/// <summary>MQTT's topic filters: <c>+</c> stands for one level, <c>#</c> for all that follow.</summary>
public static class TopicFilter
{
    /// <summary>True when the filter is well-formed: wildcards fill whole levels, and <c>#</c> is the last.</summary>
    public static bool IsValid(ReadOnlySpan<char> filter)
    {
        if (filter.IsEmpty || filter.Contains('\0'))
        {
            return false;
        }

        while (true)
        {
            int slash = filter.IndexOf('/');
            ReadOnlySpan<char> level = slash < 0 ? filter : filter[..slash];
            if (level.Length > 1 && level.ContainsAny('+', '#'))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            if (level is "#")
            {
                return false;
            }

            filter = filter[(slash + 1)..];
        }
    }

    /// <summary>True when a message on this topic is meant by this filter. Wildcards at the start spare <c>$</c> topics.</summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        if (topic.StartsWith("$") && !filter.StartsWith("$"))
        {
            return false;
        }

        while (true)
        {
            int filterSlash = filter.IndexOf('/');
            int topicSlash = topic.IndexOf('/');
            ReadOnlySpan<char> wanted = filterSlash < 0 ? filter : filter[..filterSlash];
            ReadOnlySpan<char> level = topicSlash < 0 ? topic : topic[..topicSlash];
            if (wanted is "#")
            {
                return true;
            }

            if (wanted is not "+" && !wanted.SequenceEqual(level))
            {
                return false;
            }

            if (topicSlash < 0)
            {
                // "a/#" also means "a" itself.
                return filterSlash < 0 || filter[(filterSlash + 1)..] is "#";
            }

            if (filterSlash < 0)
            {
                return false;
            }

            filter = filter[(filterSlash + 1)..];
            topic = topic[(topicSlash + 1)..];
        }
    }
}
