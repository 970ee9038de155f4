(** Theorem 1 on M, with or without (A): from every start of which no coordinate has two zeros, theta follows the mirror flow
    of one convex entropy, which may be infinite outside an open box.  In a coordinate with a least layer the box is the whole
    line; where layers tie for the least modulus it is the half-line of the sign of theta_i(0).

    The loss is continuously differentiable, so its gradient is bounded along the flow: that keeps tied layers from zero. *)
From Coq Require Import Reals Arith List Lia Lra Psatz Classical.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow Theorem1 Parametrization Rates Ties.
Open Scope R_scope.

(** M in one coordinate. *)
Definition one_zero L (w : nat -> R) := forall j k, (j < L)%nat -> (k < L)%nat -> w j = 0 -> w k = 0 -> j = k.
(** Where the entropy of one coordinate lives. *)
Definition reachable L (w : nat -> R) y := (exists l, least_layer L w l) \/ 0 < Prod L w * y.

Lemma in_M_flatten L d w : in_M L d (flatten L w) <-> forall i, (i < d)%nat -> one_zero L (w i).
Proof.
  unfold in_M, one_zero, block, flatten.
  split; intros h i; [intros hi j k hj hk|intros j k hi hj hk]; specialize (h i); [specialize (h j k hi hj hk)|specialize (h hi j k hj hk)];
    rewrite !place_coordinate, !place_layer in * by easy; exact h.
Qed.

(** A layer of least modulus, not always alone. *)
Lemma some_least L (w : nat -> R) : (0 < L)%nat -> exists l, (l < L)%nat /\ forall k, (k < L)%nat -> w l ^ 2 <= w k ^ 2.
Proof.
  intro pos. induction L as [|[|n] IH]; [lia|exists O; split; [lia|intros k hk; replace k with O by lia; lra]|].
  destruct IH as [l [hl h]]; [lia|]. destruct (Rle_lt_dec (w l ^ 2) (w (S n) ^ 2)) as [le|lt].
  - exists l. split; [lia|]. intros k hk. destruct (Nat.eq_dec k (S n)) as [->|]; [easy|apply h; lia].
  - exists (S n). split; [lia|]. intros k hk. destruct (Nat.eq_dec k (S n)) as [->|]; [lra|].
    assert (h1 := h k ltac:(lia)). lra.
Qed.
(** Either one layer has the least modulus alone, or two tie, and on M not at zero. *)
Lemma least_or_tied L w : (0 < L)%nat -> one_zero L w -> (exists l, least_layer L w l) \/
  exists j l, (j < L)%nat /\ (l < L)%nat /\ j <> l /\ w j ^ 2 = w l ^ 2 /\ w l <> 0 /\ forall k, (k < L)%nat -> w l ^ 2 <= w k ^ 2.
Proof.
  intros pos one. destruct (some_least L w pos) as [l [hl h]].
  destruct (classic (exists j, (j < L)%nat /\ j <> l /\ w j ^ 2 = w l ^ 2)) as [[j [hj [ne tie]]]|alone]; [right|left].
  - exists j, l. do 4 (split; [easy|]). split; [|easy]. intro z. apply ne, one; try easy.
    destruct (Req_dec (w j) 0) as [|nz]; [easy|]. assert (p := pow2_gt_0 _ nz). rewrite tie, z in p. nra.
  - exists l. split; [easy|]. intros k hk ne. apply square_lt. specialize (h k hk).
    destruct (Req_dec (w k ^ 2) (w l ^ 2)) as [e|]; [|lra]. exfalso. apply alone. now exists k.
Qed.

Lemma Prod_nonzero_of_least L (w : nat -> R) l : w l <> 0 -> (forall k, (k < L)%nat -> w l ^ 2 <= w k ^ 2) -> Prod L w <> 0.
Proof.
  intros nz least. apply Prod_nonzero. intros k hk z. specialize (least k hk). assert (p := pow2_gt_0 _ nz).
  rewrite z in least. nra.
Qed.

(** What the theorem gives for one coordinate, from the start [w]. *)
Definition entropy_on_M (L : nat) (w : nat -> R) (q q' m : R -> R) :=
  (forall y, reachable L w y -> is_derive q y (q' y) /\ 0 < m y /\ is_derive q' y (/ m y)) /\
  reachable L w (Prod L w) /\ q (Prod L w) = 0 /\ q' (Prod L w) = 0 /\
  forall T u g, layer_flow L T u g -> (forall t, 0 <= t <= T -> continuity_pt g t) ->
    (forall k, (k < L)%nat -> u k 0 = w k) -> forall t, 0 <= t <= T ->
    one_zero L (fun k => u k t) /\ reachable L w (Prod L (fun k => u k t)) /\
    m (Prod L (fun k => u k t)) = Sum L (fun j => Prod L (but j (fun k => u k t ^ 2))) /\
    is_derive (fun r => q' (Prod L (fun k => u k r))) t (- g t).

Lemma entropy_where_least L w l : least_layer L w l -> exists q q' m, entropy_on_M L w q q' m.
Proof.
  intro A. destruct (coordinate_entropy L w l A) as [q [q' [m [dq [dq' [q0 [q'0 mirror]]]]]]]. exists q, q', m.
  assert (all : forall y, reachable L w y) by (intro; left; now exists l).
  split; [intros y _; split; [apply dq|apply dq']|]. do 3 (split; [easy|]). intros T u g flow _ begun t ht.
  split; [|split; [apply all|now apply (mirror T u g flow begun t ht)]].
  assert (A' : forall k, (k < L)%nat -> k <> l -> u k t <> 0).
  { intros k hk ne z. destruct A as [hl h].
    assert (p := never_zero L T u g flow k l t hk hl ht ltac:(rewrite !begun by easy; now apply square_lt, h)). rewrite z in p. nra. }
  intros j k hj hk zj zk. destruct (Nat.eq_dec j l) as [->|nj]; [|now apply A' in zj].
  destruct (Nat.eq_dec k l) as [->|nk]; [easy|now apply A' in zk].
Qed.

Lemma entropy_where_tied L w j l : (j < L)%nat -> (l < L)%nat -> j <> l -> w j ^ 2 = w l ^ 2 -> w l <> 0 ->
  (forall k, (k < L)%nat -> w l ^ 2 <= w k ^ 2) -> exists q q' m, entropy_on_M L w q q' m.
Proof.
  intros hj hl ne tie nz least. set (D := fun k => w k ^ 2 - w l ^ 2). set (S0 := w l ^ 2). set (theta0 := Prod L w).
  assert (gap_l : D l = 0) by (unfold D; ring).
  assert (gaps : forall k, (k < L)%nat -> 0 <= D k) by (intros k hk; specialize (least k hk); unfold D; lra).
  assert (S0_pos : 0 < S0) by now apply pow2_gt_0.
  assert (theta0_nonzero : theta0 <> 0) by now apply (Prod_nonzero_of_least L w l).
  assert (square_of_product : forall (v : nat -> R) s, (forall k, (k < L)%nat -> s + D k = v k ^ 2) -> volume L D s = Prod L v ^ 2).
  { intros v s e. unfold volume. rewrite (Prod_ext L _ (fun k => v k * v k)) by (intros k hk; unfold shifted; rewrite e by easy; ring).
    rewrite Prod_mult. ring. }
  assert (at_start : volume L D S0 = theta0 ^ 2) by (apply square_of_product; intros; unfold S0, D; ring).
  exists (tied_entropy L l D S0 theta0 hl gap_l gaps S0_pos), (tied_slope L l D S0 theta0 hl gap_l gaps S0_pos),
    (tied_metric L l D S0 theta0 hl gap_l gaps S0_pos).
  assert (alone : ~ exists k, least_layer L w k).
  { intros [k [hk h]]. assert (below : forall i, (i < L)%nat -> w i ^ 2 = w l ^ 2 -> i = k).
    { intros i hi e. destruct (Nat.eq_dec i k) as [|nk]; [easy|exfalso].
      specialize (h i hi nk). apply square_lt in h. specialize (least k hk). lra. }
    apply ne. rewrite (below j hj tie). now rewrite (below l hl eq_refl). }
  assert (half : forall y, reachable L w y -> 0 < theta0 * y) by (intros y [|]; [contradiction|easy]).
  assert (own : 0 < theta0 * theta0) by nra.
  split; [intros y r; apply half in r; split; [|split]|split; [now right|split; [|split]]].
  - now apply slope_of_tied_entropy.
  - now apply tied_metric_pos.
  - now apply tied_curvature.
  - now apply tied_at_start.
  - now apply tied_at_start.
  - intros T u g flow cg begun t ht. set (theta := fun s => Prod L (fun k => u k s)).
    assert (moves : forall s, 0 <= s <= T -> 0 < u l s ^ 2 /\ forall k, (k < L)%nat -> u l s ^ 2 + D k = u k s ^ 2).
    { intros s hs. split; [apply (tied_never_zero L T u g j l s flow hj hl ne cg); rewrite ?begun by easy; easy|].
      intros k hk. assert (c := conserved L T u g flow k l s hk hl hs). rewrite !begun in c by easy. unfold D. lra. }
    assert (nonzero : forall s k, 0 <= s <= T -> (k < L)%nat -> u k s <> 0).
    { intros s k hs hk z. destruct (moves s hs) as [p e]. specialize (e k hk). specialize (gaps k hk). rewrite z in e. nra. }
    assert (start : theta 0 = theta0) by (apply Prod_ext; exact begun).
    assert (kept : 0 < theta t * theta 0).
    { apply keeps_sign; [easy| |].
      - intros s hs. exact (is_derive_continuity _ _ _ (theta_moves L T u g flow s ltac:(lra))).
      - intros s hs. apply Prod_nonzero. intros k hk. apply (nonzero s k ltac:(lra) hk). }
    rewrite start, Rmult_comm in kept. destruct (moves t ht) as [p e].
    set (r := ln (u l t ^ 2 / S0) / 2).
    assert (S_t : S_of S0 r = u l t ^ 2).
    { unfold S_of, r. replace (2 * (ln (u l t ^ 2 / S0) / 2)) with (ln (u l t ^ 2 / S0)) by field.
      rewrite exp_ln by now apply Rdiv_lt_0_compat. field. lra. }
    assert (same : theta_at L D S0 theta0 r = theta t).
    { assert (sq := theta_at_square L D S0 theta0 gaps S0_pos at_start r).
      rewrite S_t, (square_of_product (fun k => u k t) _ e) in sq. change (Prod L (fun k => u k t)) with (theta t) in sq.
      assert (up : 0 < theta0 * theta_at L D S0 theta0 r)
        by (unfold theta_at; assert (x := exp_pos (log_theta L D S0 r)); replace (theta0 * (theta0 * _)) with (theta0 * theta0 * exp (log_theta L D S0 r)) by ring;
            now apply Rmult_lt_0_compat).
      assert (z : (theta_at L D S0 theta0 r - theta t) * (theta0 * theta_at L D S0 theta0 r + theta0 * theta t) = 0)
        by (replace (_ * _) with (theta0 * (theta_at L D S0 theta0 r ^ 2 - theta t ^ 2)) by ring; rewrite sq; ring).
      apply Rmult_integral in z. lra. }
    assert (r_t := r_of_theta L l D S0 theta0 hl gap_l gaps S0_pos theta0_nonzero r _ same).
    assert (m_t : tied_metric L l D S0 theta0 hl gap_l gaps S0_pos (theta t) = Sum L (fun j => Prod L (but j (fun k => u k t ^ 2)))).
    { unfold tied_metric. rewrite r_t, S_t. apply Sum_ext. intros i _. apply Prod_but_ext. intros k hk _. unfold shifted. now apply e. }
    split; [intros a b ha hb za; now apply (nonzero t a ht) in za|]. split; [now right|]. split; [exact m_t|].
    assert (pos := tied_metric_pos L l D S0 theta0 hl gap_l gaps S0_pos (theta t)).
    apply (is_derive_to _ _ _ _ (is_derive_comp _ theta t _ _
      (tied_curvature L l D S0 theta0 hl gap_l gaps S0_pos theta0_nonzero at_start (theta t) kept) (theta_moves L T u g flow t ht))).
    rewrite m_t in *. reals. field. lra.
Qed.

(** Theorem 1 on M in one coordinate. *)
Theorem coordinate_entropy_on_M L w : (0 < L)%nat -> one_zero L w -> exists q q' m, entropy_on_M L w q q' m.
Proof.
  intros pos one. destruct (least_or_tied L w pos one) as [[l A]|[j [l [hj [hl [ne [tie [nz least]]]]]]]].
  - exact (entropy_where_least L w l A).
  - exact (entropy_where_tied L w j l hj hl ne tie nz least).
Qed.

(** ** All coordinates *)

(** The gradient of a continuously differentiable loss is continuous along a flow. *)
Lemma continuous_along d grad (c : nat -> R -> R) t i : continuous_field d grad -> (i < d)%nat ->
  (forall i, (i < d)%nat -> continuity_pt (c i) t) -> continuity_pt (fun s => grad (fun i => c i s) i) t.
Proof.
  intros cg hi cc. apply continuity_pt_filterlim. intros P [eps hP].
  destruct (cg (fun i => c i t) eps) as [delta near].
  assert (close : locally t (fun s => forall i, (i < d)%nat -> Rabs (c i s - c i t) < delta)).
  { apply locally_all. intros k hk. specialize (cc k hk). apply continuity_pt_filterlim in cc.
    apply (cc (fun y => Rabs (y - c k t) < delta)). exists delta. intros y hy. exact hy. }
  change (locally t (fun s => P (grad (fun i => c i s) i))). generalize close. apply filter_imp. intros s hs. apply hP. exact (near _ hs i hi).
Qed.

(** Where all coordinates can be: the open box on which the entropy is finite. *)
Definition inside L d (w : nat -> nat -> R) (x : nat -> R) := forall i, (i < d)%nat -> reachable L (w i) (x i).

Lemma inside_chord L d w x y c : 0 < c < 1 -> inside L d w x -> inside L d w y ->
  inside L d w (fun i => (1 - c) * x i + c * y i).
Proof.
  intros hc hx hy i hi. destruct (hx i hi) as [a|a]; [now left|]. destruct (hy i hi) as [b|b]; [now left|right].
  replace (Prod L (w i) * _) with ((1 - c) * (Prod L (w i) * x i) + c * (Prod L (w i) * y i)) by ring. nra.
Qed.
(** Whether a point is inside is decided by finitely many signs. *)
Lemma inside_decided L d w : exists f : (nat -> R) -> bool, forall x, f x = true <-> inside L d w x.
Proof.
  destruct (finite_choice true d (fun i b => b = true <-> exists l, least_layer L (w i) l)) as [whole h].
  { intros i _. destruct (classic (exists l, least_layer L (w i) l)); [exists true|exists false]; easy. }
  exists (fun x => forallb (fun i => orb (whole i) (if Rlt_dec 0 (Prod L (w i) * x i) then true else false)) (seq 0 d)).
  intro x. rewrite forallb_forall. split; intros all i hi.
  - specialize (all i ltac:(apply in_seq; lia)). apply Bool.orb_true_iff in all. destruct all as [a|a]; [left; now apply (h i hi)|right].
    now destruct (Rlt_dec 0 (Prod L (w i) * x i)).
  - apply in_seq in hi. destruct (all i ltac:(lia)) as [a|a]; apply Bool.orb_true_iff; [left; apply h; [lia|easy]|right].
    now destruct (Rlt_dec 0 (Prod L (w i) * x i)).
Qed.
(** It is open. *)
Lemma inside_open L d w x : inside L d w x -> exists delta : posreal,
  forall y, (forall i, (i < d)%nat -> Rabs (y i - x i) < delta) -> inside L d w y.
Proof.
  unfold inside. intro hx. induction d as [|d IH]; [exists (mkposreal 1 Rlt_0_1); intros; lia|].
  destruct IH as [d1 h1]; [intros; apply hx; lia|].
  assert (last : exists d2 : posreal, forall z, Rabs (z - x d) < d2 -> reachable L (w d) z).
  { destruct (hx d (Nat.lt_succ_diag_r d)) as [a|a]; [exists (mkposreal 1 Rlt_0_1); intros; now left|].
    assert (nz : x d <> 0) by (intro z; rewrite z in a; lra). exists (mkposreal _ (Rabs_pos_lt _ nz)). simpl. intros z hz. right.
    apply Rabs_def2 in hz. destruct (Rlt_le_dec 0 (x d)); [rewrite Rabs_right in hz by lra|rewrite Rabs_left1 in hz by lra]; nra. }
  destruct last as [d2 h2]. assert (hm : 0 < Rmin d1 d2) by (apply Rmin_pos; apply cond_pos).
  exists (mkposreal _ hm). intros y hy i hi. simpl in hy. assert (m1 := Rmin_l d1 d2). assert (m2 := Rmin_r d1 d2).
  destruct (Nat.eq_dec i d) as [->|ne]; [apply h2; specialize (hy d (Nat.lt_succ_diag_r d)); lra|].
  apply (h1 y); [|lia]. intros k hk. specialize (hy k ltac:(lia)). lra.
Qed.

(** Tangents below a function on a convex set, infinity outside: it is convex. *)
Lemma convex_of_tangents d (dom : (nat -> R) -> Prop) (Q : (nat -> R) -> Rbar) gradQ :
  (forall x y c, 0 < c < 1 -> dom x -> dom y -> dom (fun i => (1 - c) * x i + c * y i)) ->
  (forall x, dom x -> is_finite (Q x)) -> (forall x, ~ dom x -> Q x = p_infty) ->
  (forall x y, dom x -> dom y -> real (Q x) + Sum d (fun i => gradQ x i * (y i - x i)) <= real (Q y)) -> extended_convex d Q.
Proof.
  intros chord finite infinite tangent x y c hc. assert (c0 : 0 < 1 - c) by lra. assert (c1 : 0 < c) by lra.
  assert (times : forall a, 0 < a -> Rbar_mult a p_infty = p_infty).
  { intros a ha. simpl. destruct (Rle_dec 0 a) as [le|]; [|lra]. destruct (Rle_lt_or_eq_dec 0 a le); [easy|lra]. }
  destruct (classic (dom x)) as [hx|hx]; [destruct (classic (dom y)) as [hy|hy]|].
  - set (z := fun i => (1 - c) * x i + c * y i). assert (hz : dom z) by now apply chord.
    assert (a := tangent z x hz hx). assert (b := tangent z y hz hy).
    rewrite <- (finite x hx), <- (finite y hy), <- (finite z hz). simpl.
    enough (e : (1 - c) * Sum d (fun i => gradQ z i * (x i - z i)) + c * Sum d (fun i => gradQ z i * (y i - z i)) = 0) by nra.
    rewrite <- !Sum_scal, <- Sum_plus. apply Sum_zero. intros k _. unfold z at 2 4. ring.
  - rewrite (infinite y hy), (times c c1), <- (finite x hx). simpl. now destruct (Q _).
  - rewrite (infinite x hx), (times (1 - c) c0). destruct (classic (dom y)) as [hy|hy].
    + rewrite <- (finite y hy). simpl. now destruct (Q _).
    + rewrite (infinite y hy), (times c c1). simpl. now destruct (Q _).
Qed.

(** Theorem 1 on M.  From an initialization w in M there is a convex entropy, finite and differentiable exactly on an open box,
    strictly convex there and least at theta(0).  For every continuously differentiable loss the flow (4) from w stays on M,
    theta stays in the box, and the gradient of the entropy moves at minus the gradient of the loss. *)
Theorem theorem_1_on_M L d (w : nat -> nat -> R) : (0 < L)%nat -> in_M L d (flatten L w) ->
  exists Q gradQ, extended_convex d Q /\
    (forall x, inside L d w x -> is_finite (Q x) /\ differentiable_at d (fun y => real (Q y)) (gradQ x) x) /\
    (forall x, ~ inside L d w x -> Q x = p_infty) /\
    (forall x y, inside L d w x -> (exists i, (i < d)%nat /\ x i <> y i) ->
      Rbar_lt (real (Q x) + Sum d (fun i => gradQ x i * (y i - x i))) (Q y)) /\
    Q (theta_of L w) = 0 /\ (forall i, (i < d)%nat -> gradQ (theta_of L w) i = 0) /\
    forall F grad T u, differentiable d F grad -> continuous_field d grad -> gradient_flow L d F T u ->
      (forall i k, (i < d)%nat -> (k < L)%nat -> u i k 0 = w i k) ->
      forall t, 0 <= t <= T -> in_M L d (flatten L (now u t)) /\ inside L d w (theta_of L (now u t)) /\
      forall i, (i < d)%nat -> is_derive_on T (fun s => gradQ (theta_of L (now u s)) i) t (- grad (theta_of L (now u t)) i).
Proof.
  intros pos on_M. set (zero := fun _ : R => 0).
  destruct (finite_choice (zero, zero, zero) d (fun i p => entropy_on_M L (w i) (fst (fst p)) (snd (fst p)) (snd p))) as [e he].
  { intros i hi. destruct (coordinate_entropy_on_M L (w i) pos (proj1 (in_M_flatten L d w) on_M i hi)) as [q [q' [m h]]].
    now exists (q, q', m). }
  set (q := fun i => fst (fst (e i))) in *. set (q' := fun i => snd (fst (e i))) in *. set (m := fun i => snd (e i)) in *.
  assert (h : forall i, (i < d)%nat -> entropy_on_M L (w i) (q i) (q' i) (m i)) by exact he. clearbody q q' m. clear he e zero.
  destruct (inside_decided L d w) as [dec hdec].
  set (S := fun x : nat -> R => Sum d (fun i => q i (x i))). set (gradQ := fun (x : nat -> R) i => q' i (x i)).
  set (Q := fun x => if dec x then Finite (S x) else p_infty).
  assert (Q_in : forall x, inside L d w x -> Q x = S x) by (intros x hx; unfold Q; now rewrite (proj2 (hdec x) hx)).
  assert (Q_out : forall x, ~ inside L d w x -> Q x = p_infty).
  { intros x hx. unfold Q. destruct (dec x) eqn:yes; [|easy]. now apply hdec in yes. }
  assert (tangent_1 : forall i a b, (i < d)%nat -> reachable L (w i) a -> reachable L (w i) b -> a <> b ->
      q i a + q' i a * (b - a) < q i b).
  { intros i a b hi ra rb ne. destruct (h i hi) as [slopes _].
    apply (above_tangent_between (q i) (q' i) (fun y => / m i y)); [|easy]. intros z hz.
    assert (rz : reachable L (w i) z).
    { destruct ra as [ra|ra]; [now left|]. destruct rb as [rb|rb]; [now left|right].
      destruct (Rle_lt_dec a b); [rewrite Rmin_left, Rmax_right in hz by lra|rewrite Rmin_right, Rmax_left in hz by lra];
        destruct (Rlt_le_dec 0 (Prod L (w i))); nra. }
    destruct (slopes z rz) as [dq [mz dq']]. do 2 (split; [easy|]). now apply Rinv_0_lt_compat. }
  assert (tangent : forall x y, inside L d w x -> inside L d w y -> (exists i, (i < d)%nat /\ x i <> y i) ->
      S x + Sum d (fun i => gradQ x i * (y i - x i)) < S y).
  { intros x y hx hy [i [hi ne]]. unfold S, gradQ. rewrite <- Sum_plus.
    apply (Sum_lt d i); [easy|now apply tangent_1; auto|]. intros k hk.
    destruct (Req_dec (x k) (y k)) as [<-|nk]; [lra|left; apply tangent_1; auto]. }
  assert (start_in : inside L d w (theta_of L w)) by (intros i hi; apply h, hi).
  exists Q, gradQ. split; [|split; [|split; [exact Q_out|split; [|split; [|split]]]]].
  - apply (convex_of_tangents d (inside L d w) Q gradQ); [intros; now apply inside_chord|intros x hx; now rewrite Q_in|exact Q_out|].
    intros x y hx hy. rewrite (Q_in x hx), (Q_in y hy). simpl.
    destruct (classic (exists i, (i < d)%nat /\ x i <> y i)) as [differ|same]; [left; now apply tangent|right].
    assert (eq : forall i, (i < d)%nat -> x i = y i) by (intros i hi; apply NNPP; intro ne; apply same; now exists i).
    rewrite (Sum_zero d); [|intros i hi; rewrite (eq i hi); ring]. unfold S. rewrite Rplus_0_r. apply Sum_ext.
    intros i hi. now rewrite (eq i hi).
  - intros x hx. split; [now rewrite Q_in|].
    assert (dS : differentiable_at d S (gradQ x) x).
    { apply (differentiable_separable_at d q q' x). intros i hi. now apply h, hx. }
    intro eps. destruct (dS eps) as [d1 h1]. destruct (inside_open L d w x hx) as [d2 h2].
    assert (hm : 0 < Rmin d1 d2) by (apply Rmin_pos; apply cond_pos). exists (mkposreal _ hm). intros y hy. simpl in hy.
    assert (m1 := Rmin_l d1 d2). assert (m2 := Rmin_r d1 d2).
    rewrite (Q_in x hx), (Q_in y) by (apply h2; intros i hi; specialize (hy i hi); lra).
    apply h1. intros i hi. specialize (hy i hi). lra.
  - intros x y hx differ. rewrite (Q_in x hx). destruct (classic (inside L d w y)) as [hy|hy]; [rewrite (Q_in y hy); now apply tangent|].
    now rewrite (Q_out y hy).
  - rewrite (Q_in _ start_in). f_equal. apply Sum_zero. intros i hi. apply h, hi.
  - intros i hi. apply h, hi.
  - intros F grad T u smooth cg flow begun t ht. set (v := two_sided L grad T u).
    assert (same : forall s, 0 <= s <= T -> now v s = now u s) by (intros; now apply two_sided_same).
    assert (flows := fun i hi => coordinate_flow L d F grad T u i hi smooth flow). fold v in flows.
    assert (b : forall i, (i < d)%nat -> forall k, (k < L)%nat -> v i k 0 = w i k).
    { intros i hi k hk. rewrite <- (begun i k hi hk). change (now v 0 i k = now u 0 i k). now rewrite same by lra. }
    assert (c : forall i, (i < d)%nat -> forall s, 0 <= s <= T -> continuity_pt (fun s => grad (theta_of L (now v s)) i) s).
    { intros i hi s hs. apply (continuous_along d grad (fun i s => theta_of L (now v s) i) s i cg hi). intros k hk.
      exact (is_derive_continuity _ _ _ (theta_moves L T (v k) _ (flows k hk) s hs)). }
    assert (there := fun i hi => proj2 (proj2 (proj2 (proj2 (h i hi)))) T (v i) _ (flows i hi) (c i hi) (b i hi)).
    split; [|split].
    + apply in_M_flatten. intros i hi. rewrite <- same by easy. exact (proj1 (there i hi t ht)).
    + intros i hi. rewrite <- same by easy. exact (proj1 (proj2 (there i hi t ht))).
    + intros i hi. rewrite <- same by easy.
      apply (is_derive_on_same T (fun s => q' i (theta_of L (now v s) i)) _ t _ ht (proj2 (proj2 (proj2 (there i hi t ht))))).
      intros s hs. now rewrite same.
Qed.
