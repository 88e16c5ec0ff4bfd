extension StoryGrammar {
  /// Children's stories: somebody has a wish or a problem, somebody helps, and there is a moral that fits.
  ///
  /// There is something to learn at every distance: spelling and word classes at once, pronouns that agree with a name
  /// a few sentences back, and a thing that is named early, lost, and comes back near the end, before the moral that
  /// goes with the plot. A change here changes the identity of every run on the built-in corpus.
  public static let childrens = StoryGrammar(
    rules: """
      story
        <opening> <habit> <world> <plot>

      opening
        Once upon a time there was a <character> <person>.*5
        Long ago there lived a <character> <person>.*4
        In a <setting> <home> lived a <character> <person>.*3
        There once was a <character>, <look> <person>.*2
        This is the tale of a <character> <person>.
        Far away, near a <setting> <spot>, lived a <character> <person>.
      person
        girl named <girl as hero>*5 / boy named <boy as hero>*5
        rabbit named <pet as hero>*2 / fox named <pet as hero> / mouse named <pet as hero>*2 / bear named <pet as hero>
        kitten named <pet as hero> / duckling named <pet as hero> / hedgehog named <pet as hero>
      girl
        Lily@she / Mia@she / Anna@she / Rosa@she / Zoe@she / Nora@she / Ruby@she / Clara@she / Ida@she / June@she
      boy
        Tom@he / Ben@he / Max@he / Leo@he / Jack@he / Finn@he / Noah@he / Oscar@he / Theo@he / Hugo@he
      pet
        Pip@he / Dot@she / Fern@she / Rusty@he / Poppy@she / Bramble@he / Clover@she / Nibs@he / Hazel@she / Tuck@he
      friend
        Olive@she / Gus@he / Maud@she / Otto@he / Willow@she / Barney@he / Pearl@she / Wink@he / Sage@she / Moss@he

      habit
        {He} liked <taste> <food>, <taste> <food> and <taste> <food>.*3
        {His} <room> was full of <many> <toy-color> <things>, <toy-color> <things> and <toy-color> <things>.*3
        Every <daytime> {he} <moved> <manner> <along> the <setting> <spot>.*3
        {hero} had a <character> <kin> and a <look> <beast>.*3
        On <day> {he} <chore> and <chore>.*3
        Most of all {he} loved to <skill> and <skill>.*2
        At <home-time> {he} <moved> <manner> and sang about <food>.
        No one could <skill> or <skill> so <manner> as {hero}.
      world
        In {his} <container> {he} kept a <toy-look> <toy>, a <toy-color> <toy>, <many> <things> and some <food>.*3
        Nearby lived a <look> <beast>, <many> <look> <beasts> and a <look>, <character> <helper>.*3
        For supper {his} <kin> made <taste> <food>, <taste> <food> and a pot of <taste> <food>.*2
        Beyond the <setting> <spot> were a <setting> <spot>, a <setting> <spot> and <many> <look> <beasts>.*2
        {hero} could <skill>, <skill> and <skill>, but only <manner>, and only in <season>.
      plot
        {His} <kin> gave {him} a <toy-look>, <toy-color> <toy as thing>. <lost>*2
        One <daytime> {he} found a <toy-look>, <toy-color> <toy as thing> in the <setting> <spot>. <owner>*2
        {He} had a <toy-look>, <toy-color> <toy as thing> and kept it <manner>. <shared>*2
        More than anything {he} wanted a <toy-look>, <toy-color> <toy as thing>. <earned>*2
        But {he} was afraid of the <setting> <fear as thing>. <brave>*2
        On a <weather> <daytime> {he} broke the <toy-look>, <toy-color> <toy as thing> of {his} <kin as kin>. <honest>*2
        The <setting> <spot as spot> had a <look> broken <trouble as thing>. <mended>

      lost
        But on <day> the {thing} was gone! <felt> <searched> <searched-again> <lost-end>
      lost-end
        <asked> <met> <advice> <found> <lost-moral>
      searched
        {hero} looked <hiding> the <toy-look> <furniture>, <hiding-too> the <furniture> and in the <setting> <spot>.*2
        {He} searched the <setting> <spot>, the <setting> <spot> and the <setting> <spot>.*2
        Was it in the <toy-color> <container>? No, only <many> <things> and a <toy-look> <toy>.
        Under the <furniture> {he} found <many> <toy-color> <things>, but no {thing}.
      searched-again
        Then {he} <moved> <manner> to the <setting> <spot>, past <many> <look> <beasts>.*2
        A <look> <beast> and a <look> <beast> helped, but they only found <many> <things>.
        {His} <kin> found a <toy-color> <toy>, a <toy-look> <toy> and some <food>.
        Next {he} turned over a <toy-color> <container>, a <toy-look> <container> and a <furniture>.
      found
        There, <hiding> a <toy-look> <furniture>, was the {thing}!*2
        And so they found the {thing} <hiding> a <toy-color> <container>.*2
        By <home-time> {friend} had found the {thing} among <many> <things>.
      lost-moral
        {hero} hugged {friend} and never lost the {thing} again. <moral> two friends find more than one.*2
        "Thank you!" said {hero}, and shared <food> with {friend}. <moral> it is wise to ask for help.

      owner
        <tempted> <met> The {thing} belonged to {friend}! <guess> <gave-back> <owner-moral>
      tempted
        It was so <toy-look> that {he} wanted to keep it <hiding> the <furniture>.
        "Finders keepers," {he} thought <manner>, but {he} felt <sad> and <sore>.*2
        {He} showed it to <many> <look> <beasts>, but none of them knew whose it was.*2
      guess
        {friend} had lost it on <day> near the <setting> <spot> and felt <sad>.*2
        A gift from a <character> <kin>, it was worth more than <many> <toy-color> <things>.
        "I looked <hiding> every <furniture> and in every <container>," {friend} said.*2
      gave-back
        {hero} gave the {thing} back <manner>.*2
        So the {thing} went home, and {hero} felt <glad>.
        "Then you must have your {thing}," said {hero} <manner>.
      owner-moral
        {friend} baked {him} <food> and <food>. <moral> a kind deed comes back.*2
        From then on they <moved> <along> the <spot> together. <moral> what is not ours makes no one happy.

      shared
        When a <look> <beast> and a <look> <beast> asked to play, {hero} said <no-reply> <alone> <lonely-end>
      lonely-end
        <met> <lonely-advice> <gave> <shared-moral>
      no-reply
        no.*3 / "Never!"*2 / "Not on <day>!" / "It is mine!"*2 / nothing at all.
      alone
        So {he} played alone <hiding> a <furniture> and felt <sad> and <sore>.*2
        All <daytime> {he} sat in the <setting> <spot> with <many> <things>, and nobody came.*2
        Soon the {thing} seemed <dull> and the <spot> seemed <dull>.
      lonely-advice
        "A <toy-color> {thing} is no fun alone," {friend} <said> <manner>.*2
        "Once I had <many> <things> but no friends," {friend} <said>.
        "Give a little and get <many> friends," {friend} <said> <manner>.
      gave
        So {hero} let everyone play with the {thing} until <home-time>.*2
        Then {he} took the {thing} to the <beast> and the <beast>, and they <moved> <manner>.*2
        That <daytime> {he} shared the {thing}, some <food> and <many> <things>.
      shared-moral
        They all laughed <manner>. <moral> a toy is twice the fun with two.*2
        {hero} felt <glad> now. <moral> sharing makes joy grow.

      earned
        It cost <many> coins in the <setting> shop, and {he} only had a <toy>. <earned-end>
      earned-end
        <met> <work-advice> <work> <work-again> <bought> <earned-moral>
      work-advice
        "Do a little every <daytime>," {friend} <said> <manner>.*2
        "Wishing is <dull>, but working makes you <glad>," {friend} <said>.
        "My <kin> needs help with <many> <beasts>," {friend} <said>.*2
      work
        On <day> {hero} <chore>, on <day> {he} <chore>.*3
        First {he} <chore> for <many> coins and <food>.*2
        {He} sold <many> <toy-color> <things>, some <food> and a <toy-look> <toy>.*2
      work-again
        It was hard, and {he} was <sad>, but {he} <chore> <manner>.*2
        Then {he} <chore> and <chore>, <manner> but <sad>.*2
        A <character> <kin> paid {him} <many> coins and some <food>.
      bought
        At last {he} bought the {thing}, and it was <toy-look>!*2
        By <season> {hero} held the {thing} in {his} own hands.
        Then the shop sold {him} the {thing} with <many> <toy-color> <things>.
      earned-moral
        {hero} showed it to {friend} <manner>. <moral> good things come to those who work.*2
        It was the best {thing} of all. <moral> small steps climb big hills.

      brave
        {He} never went there, by <daytime> or by <home-time>. <calamity> <alone-there> <brave-end>
      brave-end
        <met> <brave-advice> <did> <brave-moral>
      calamity
        One <weather> <day> {his} <look> <beast as pal> ran <manner> toward the {thing}.*3
        Then {his} <kin> needed <food> and <food> from beyond the {thing}.*2
        But all the <beasts> and <beasts> wanted to play beside the {thing}.
      alone-there
        {hero} <moved> to the {thing}, <sad> and <sore>.*2
        "Oh no," {he} whispered to a <toy-look> <toy>, and {his} knees shook <manner>.
        {He} took a <toy-color> <toy>, <many> <things> and some <food>, and <moved> <manner>.*2
      brave-advice
        "Take <many> slow breaths and think of <food>," {friend} <said>.*2
        "I was <sad> too, until I <moved> <manner>," {friend} <said>.*2
        "Hold this <toy-color> <toy> and go <manner>," {friend} <said>.
      did
        {hero} closed {his} eyes, <moved> <manner>, and the {thing} was behind {him}!*2
        Step by step {he} <moved> <manner> past the {thing}, <many> <beasts> and a <look> <beast>.*2
        With {friend} beside {him}, {hero} saw that the {thing} was only <dull>.
      brave-moral
        {He} felt <glad>. <moral> being brave is being scared and going on.*2
        Now {he} plays by the {thing} every <day>. <moral> fear grows small when you face it.

      honest
        {He} hid it <hiding> the <toy-look> <furniture>. <accused> <felt> <met> <honest-advice> <told> <honest-moral>
      accused
        "Who broke my {thing}?" asked the {kin}. "A <look> <beast>," said {hero} <manner>.*3
        When the {kin} looked <hiding> the <container>, {he} <said>, "It was <many> <look> <beasts>!"*2
        Soon the {kin} was <sad> and blamed a <look> <beast> and a <look> <beast>.
      honest-advice
        "A lie is like <many> <beasts> in a <container>," {friend} <said> <manner>.*2
        "Tell the truth <manner> and you will feel <glad>," {friend} <said>.*2
        "Words can mend more than a {thing}," {friend} <said>.
      told
        So {hero} <moved> home and told the {kin} everything.*2
        At <home-time> {he} said, "I broke your {thing}. I was <sore>."*2
        Then {he} brought the {thing}, <food> and <many> <toy-color> <things> to the {kin}.
      honest-moral
        The {kin} hugged {him} <manner>. <moral> the truth is light to carry.*2
        Together they mended the {thing} with <many> <things>. <moral> a lie breaks more than a {thing}.

      mended
        Nobody cared for it but <many> <look> <beasts>. <idea> <mended-end>
      mended-end
        <met> <plan> <work> <work-again> <finished> <mended-moral>
      idea
        "I will mend the {thing} by <season>," said {hero} <manner>.*2
        {hero} wanted to make it <toy-color> and <toy-look> again.*2
        "One day this {thing} will be <toy-look>," {hero} told a <look> <beast>.
      plan
        {friend} brought a <toy-look> <container>, a <toy-color> <container> and <many> <things>.*2
        "You need <food>, <many> <things> and a <character> friend," {friend} <said>.*2
        "I can <skill> and my <kin> can <skill>," {friend} <said> <manner>.
      finished
        In <season> the {thing} was <toy-color>, <toy-look> and <toy-look>.*2
        When they were done, <many> <beasts> and <many> <beasts> came to see the {thing}.*2
        So the {thing} was mended, and even the <beasts> <moved> <manner>.
      mended-moral
        They ate <food> and <food> beside it. <moral> many hands make light work.*2
        The {spot} was never <dull> again. <moral> begin, and help will come.

      felt
        {hero} felt <sad> and <sore>.*3
        {He} was too <sad> to eat <food>, <food> or even <food>.*2
        Poor {hero} <moved> <manner> from <daytime> to <home-time>.
      asked
        "Have you seen my <toy-look> {thing}?" {he} asked a <look> <beast> and a <look> <beast>.*2
        "My {thing}, my {thing}," {he} cried <manner> to <many> <look> <beasts>.
        {He} told <many> <beasts> and a <character> <kin> about it.
      met
        <on-the-way> <meeting>
      on-the-way
        {He} <moved> past a <look> <beast>, a <toy-color> <furniture> and <many> <look> <beasts>.*3
        With <taste> <food> and a <toy-look> <toy> {he} <moved> <manner> <along> the <setting> <spot>.*3
        It was a <weather> <daytime>, and the <look> <beasts> <moved> <manner> <along> the <setting> <spot>.*3
        Two roads went <along> the <spot>: a <setting> one with <many> <beasts> and a <setting> one with a <beast>.
        A <look> <helper> with <many> <toy-color> <things> sold {him} <taste> <food> and a <toy-look> <toy>.*2
        Soon {he} <moved> <along> a <setting> <spot> where <many> <look> <beasts> slept.*2
      meeting
        Then {hero} met a <character> <helper> named <friend as friend>.*3
        A <character> <helper> named <friend as friend> <moved> by with <many> <things>.*2
        Near the <setting> <spot> sat a <character> <helper> named <friend as friend>.
        Just then {he} heard a <look> <helper> named <friend as friend>.
      advice
        "Look where the <beasts> sleep," {friend} <said> <manner>.*2
        "I saw <many> <look> <beasts> carry it to the <spot>," {friend} <said>.*2
        "First eat some <food>, then look again," {friend} <said>.

      moral
        And so we learn that*3 / Remember,*2 / The moral is that*2 / From that day {he} knew that*2
        For as {friend} says,
      character
        brave*2 / kind*2 / clever*2 / shy*2 / curious*2 / gentle / lazy / merry / quiet / proud / wise / stubborn
        patient / careless / polite / silly / helpful / greedy / cheerful / dreamy / bold / thoughtful / messy / loyal
      look
        small*2 / big*2 / gray*2 / brown*2 / white*2 / fat / thin / furry / black / spotted / striped / sleepy
        hungry / tiny / noisy / muddy / wet / pretty / young / tall / wild / lonely / cold / quiet / little / proud
      beast
        dog*2 / cat*2 / hen / cow / pig / goat / frog / goose / crow / wasp / duck / toad / mole / bat / wolf / sheep
        horse / deer / robin / swan / snail / pony / crab / donkey
      beasts
        dogs*2 / cats*2 / hens / cows / pigs / goats / frogs / geese / crows / wasps / ducks / toads / moles / bats
        wolves / ants
      helper
        owl*2 / squirrel / turtle / raven / otter / stork / beaver / wizard / fairy / baker / miller / sailor / farmer
        king / queen / knight
      kin
        mother*2 / father*2 / sister / brother / aunt / uncle / cousin / grandmother / grandfather / neighbor
      toy
        kite*2 / ball*2 / drum / boat / doll / bell / ring / book / cup / hat / lamp / key / flute / mask / wagon
        puppet / whistle / crown / spoon / shell / fan / coat / map / clock / horn / sled / cape / marble / harp / pen
      things
        buttons*2 / pebbles*2 / feathers / leaves / nails / ribbons / shells / acorns / keys / coins / beads / bells
        socks / books / boxes / candles / cups / jars / twigs / pots / hats / balls
      toy-look
        shiny*2 / little*2 / new*2 / lovely / round / wooden / brass / long / heavy / pretty / soft / broken / dusty
        magic / silver / painted / rusty / golden / paper / glass / clean / tiny / big / cold / smooth / strange
      toy-color
        red*2 / blue*2 / green*2 / yellow*2 / white / black / pink / purple / brown / gray / violet / striped / pale
        dark / spotted / bright
      many
        two*2 / three*2 / four*2 / five / six / seven / nine / ten / eleven / twelve / twenty / forty / fifty / some
      taste
        sweet*2 / warm*2 / fresh / cold / sour / salty / hot / ripe / dried / soft / spicy / crisp / golden / green
      food
        bread*2 / milk*2 / apples*2 / honey*2 / cake / plums / soup / cheese / nuts / pears / jam / pie / figs
        berries / eggs / butter / corn / rice / peas / beans / carrots / tea / buns / cream / melon / toast / grapes
        oats
      daytime
        morning*2 / evening*2 / day*2 / night / noon / afternoon
      home-time
        dawn / dusk / bedtime*2 / supper*2 / sunset / teatime / midnight
      day
        Monday / Tuesday / Wednesday / Thursday / Friday / Saturday / Sunday*2
      season
        spring / summer / autumn / winter
      weather
        sunny*2 / rainy / windy / cold / foggy / snowy / warm / misty / dark / cloudy
      setting
        quiet*2 / dark*2 / green*2 / lonely*2 / little / narrow / hidden / deep / sunny / windy / rocky / muddy
        snowy / sandy / cold / misty / shady / wild / wet / gray / white / lovely / pretty / golden / silver / steep
      home
        village*2 / house*2 / town / cottage / forest / castle / valley / mill / farm / tower / barn
      spot
        garden*2 / meadow*2 / forest*2 / lake / hill / barn / river / field / yard / beach / road / pond / well
        attic / cellar / orchard / market / school / park / stable / harbor / tower / swamp / bridge / church / shed
      fear
        pond / forest / bridge / cellar / hill / attic / tower / mill / swamp / harbor / church / river
      trouble
        bridge*2 / gate / mill / fence / well / boat / wall / bench / cart / clock / tower / ladder
      room
        room*2 / bed / attic / house / bag / garden / desk / barn / cellar / yard
      furniture
        bed*2 / table*2 / chair / stove / shelf / door / rug / bush / rock / stump / hedge / log / tree / bench
        barrel / cart / ladder / gate / fence / desk / wall / pot
      container
        box*2 / basket*2 / bag / jar / pot / chest / bucket / drawer / cup / trunk / bowl / barrel / hat / boat
      hiding
        under*2 / behind*2 / beside / inside / near / below / beyond
      hiding-too
        on*2 / over / by / around / above
      along
        past*2 / through*2 / around / over / across / toward
      moved
        ran*2 / walked*2 / danced / hopped / skipped / crept / jumped / wandered / marched / hurried / raced / rushed
        strolled / limped / tiptoed / climbed / stumbled / rolled / swam / slid / galloped / waddled / flew / rode
      manner
        slowly*2 / happily*2 / quickly*2 / softly / quietly / sadly / proudly / gently / loudly / bravely / badly
        wildly / warmly / calmly / kindly / boldly / eagerly / neatly / gladly / shyly / wisely / merrily / sleepily
        well
      said
        said*2 / whispered / sang / answered / replied / called / laughed / hummed / sighed / shouted / mumbled
      sad
        sad*2 / tired / lonely / worried / scared / cross / angry / gloomy / weary / jealous / nervous / sleepy
      sore
        sorry / upset / bored / confused / dizzy / foolish / ashamed / cold / hungry / puzzled / lost / weak
      glad
        happy*2 / glad*2 / proud / calm / joyful / grateful / cheerful / hopeful / safe / warm / brave / free
      dull
        dull / small / gray / cold / quiet / sad / slow / dark / tiny / lonely
      skill
        paint / sing / fish / dance / swim / run / bake / climb / sew / skate / ride / count / dig / jump / cook
      chore
        swept the <room> / fed <many> <beasts>*2 / washed <many> <things> / picked <food>*2 / baked <food>
        sewed <many> <toy-color> <things> / carried <food> / cleaned the <furniture> / chased <many> <look> <beasts>
        painted a <furniture> <toy-color> / mended a <toy> / sorted <many> <things> / cooked <food> with <food>
      """)
}
